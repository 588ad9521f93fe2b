/** What becomes of a setting of Ansible. */
export type Treatment =
  | { kind: 'applied' }
  /** Without influence on what hosts come to. */
  | { kind: 'harmless'; why: string }
  /** Without influence on hosts, but seen by people: told as a warning unless the value is what is done anyway. */
  | { kind: 'told'; why: string; unless(value: string): boolean }
  /** Would change results: refused unless the value means what is done anyway. */
  | { kind: 'refused'; why: string; unless(value: string): boolean };

export interface Setting {
  name: string;
  env: readonly string[];
  /** `section.key`; the later one wins. */
  ini: readonly string[];
  about: string;
  treatment: Treatment;
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

/** How a setting is written in the tables: several variables or keys with spaces between them. */
export type Place = [name: string, env: string, ini: string, about: string];

/** A row of the tables. */
export const make = ([name, env, ini, about]: Place, treatment: Treatment): Setting => ({
  name,
  env: words(env),
  ini: words(ini),
  about,
  treatment,
});
