/** Questions to the person at the terminal: vars_prompt, pause. */
export interface OncePrompts {
  /** The line typed, or undefined where there is no terminal. */
  ask(question: string, options: { secret: boolean; signal: AbortSignal }): Promise<string | undefined>;
}
