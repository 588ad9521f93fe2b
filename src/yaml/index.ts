export type { YamlDocument } from './document.js';
export { type ParsedYaml, parseYaml } from './parse.js';
export type { Path } from './place.js';
