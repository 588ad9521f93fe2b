/** What the loader has to know about a task's parameter. */
export interface ParameterDescription {
  required: boolean;
  aliases: readonly string[];
}

export interface TaskDescription {
  /** Canonical short name. */
  name: string;
  parameters: Readonly<Record<string, ParameterDescription>>;
  /** Parameters that are known and refused, with the reason. */
  refusedParameters?: Readonly<Record<string, string>>;
  /** The parameter that takes the text after the name: `command: ls -l`. */
  freeForm?: string;
  /** JSON Schema of the arguments. Every property also accepts template text. */
  schema: object;
  /** What is wrong with a parameter's value that holds no template; for what the schema cannot say. */
  checkValue?(parameter: string, value: unknown): string | undefined;
  /** What is wrong with which parameters are given (canonical names). */
  checkNames?(given: ReadonlySet<string>): string[];
}

export interface TaskCatalogue {
  /** Accepts short names and fully qualified ones. */
  find(name: string): TaskDescription | undefined;
  names(): string[];
}
