import type { TaskDescription } from './catalogue.js';

const template = { type: 'string', pattern: '\\{\\{|\\{%|\\{#' };
const text = { type: ['string', 'number'] };
const flag = { anyOf: [{ type: 'boolean' }, { enum: ['yes', 'no', 'true', 'false'] }, template] };
const mappingOrTemplate = { anyOf: [{ type: 'object' }, template] };
const names = { anyOf: [text, { type: 'array', items: text }] };

interface Options {
  freeForm?: string;
  required?: readonly string[];
  aliases?: Readonly<Record<string, readonly string[]>>;
}

function action(name: string, properties: Readonly<Record<string, object>>, options: Options = {}): TaskDescription {
  const { freeForm, required = [], aliases = {} } = options;
  const spelt = Object.entries(properties).flatMap(([key, schema]) =>
    [key, ...(aliases[key] ?? [])].map((k) => [k, schema]),
  );
  return {
    name,
    parameters: Object.fromEntries(
      Object.keys(properties).map((key) => [key, { required: required.includes(key), aliases: aliases[key] ?? [] }]),
    ),
    ...(freeForm !== undefined && { freeForm }),
    schema: { type: 'object', properties: Object.fromEntries(spelt), additionalProperties: false },
  };
}

const roleParameters = {
  name: text,
  tasks_from: text,
  vars_from: text,
  defaults_from: text,
  handlers_from: text,
  allow_duplicates: flag,
  rolespec_validate: flag,
};
const roleOptions = { required: ['name'], aliases: { name: ['role'] } };

/** Words that `meta` takes. */
export const metaActions: readonly string[] = [
  'noop',
  'flush_handlers',
  'refresh_inventory',
  'clear_facts',
  'clear_host_errors',
  'end_play',
  'end_host',
  'end_batch',
  'reset_connection',
];

const setFact: TaskDescription = {
  name: 'set_fact',
  parameters: { cacheable: { required: false, aliases: [] } },
  schema: { type: 'object', properties: { cacheable: flag } },
};

/** Actions that the loader or the engine carries out itself. */
export const engineActions: ReadonlyMap<string, TaskDescription> = new Map(
  [
    action(
      'meta',
      { free_form: { anyOf: [{ enum: metaActions }, template] } },
      { freeForm: 'free_form', required: ['free_form'] },
    ),
    action('include_tasks', { file: text, apply: { type: 'object' } }, { freeForm: 'file', required: ['file'] }),
    action('import_tasks', { file: text }, { freeForm: 'file', required: ['file'] }),
    action('include_role', { ...roleParameters, public: flag, apply: { type: 'object' } }, roleOptions),
    action('import_role', roleParameters, roleOptions),
    action(
      'include_vars',
      {
        file: text,
        dir: text,
        name: text,
        depth: { anyOf: [{ type: 'integer' }, template] },
        files_matching: text,
        ignore_files: names,
        extensions: names,
        ignore_unknown_extensions: flag,
        hash_behaviour: { enum: ['replace', 'merge'] },
      },
      { freeForm: 'file' },
    ),
    action(
      'validate_argument_spec',
      {
        argument_spec: mappingOrTemplate,
        provided_arguments: mappingOrTemplate,
        validate_args_context: mappingOrTemplate,
      },
      { required: ['argument_spec'] },
    ),
    setFact,
  ].map((description) => [description.name, description]),
);
