import type { TaskCatalogue } from './catalogue.js';
import { commonLookups, type Keyword, type KeywordType, keywordsOf, type Level } from './keywords.js';

const text = { type: ['string', 'number'] };
const texts = { anyOf: [text, { type: 'array', items: text }] };
const tasks = { anyOf: [{ type: 'array', items: { $ref: '#/definitions/node' } }, { type: 'null' }] };
const mappings = { anyOf: [{ type: ['object', 'string'] }, { type: 'array', items: { type: ['object', 'string'] } }] };
const conditions = { type: ['string', 'boolean', 'number', 'array'], items: { type: ['string', 'boolean', 'number'] } };

const byType: Readonly<Record<KeywordType, object>> = {
  text,
  flag: { type: ['boolean', 'string'] },
  count: { type: ['number', 'string'] },
  percent: { type: ['number', 'string'] },
  conditions,
  names: texts,
  tags: texts,
  vars: { type: ['object', 'array', 'null'] },
  environment: mappings,
  moduleDefaults: mappings,
  collections: texts,
  any: {},
  structure: {},
};

const structures: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    ['tasks', 'pre_tasks', 'post_tasks', 'handlers', 'block', 'rescue', 'always'].map((name) => [name, tasks]),
  ),
  hosts: texts,
  loop: { type: ['array', 'string'] },
  loop_control: { type: 'object' },
  serial: { anyOf: [{ type: ['number', 'string'] }, { type: 'array', items: { type: ['number', 'string'] } }] },
  roles: { type: 'array', items: { type: ['string', 'object', 'number'] } },
  vars_files: { type: ['string', 'array'] },
};

function schemaOf(keyword: Keyword): object {
  const schema = structures[keyword.name] ?? byType[keyword.type];
  const choices = keyword.choices?.filter((choice) => !choice.includes('.'));
  return {
    ...(choices === undefined ? schema : { anyOf: [{ enum: choices }, { type: 'string', pattern: '\\{\\{' }] }),
    description: keyword.description,
  };
}

/** `allOf: []` means nothing, and JSON Schema does not allow it. */
const withoutEmpty = (schema: object): object =>
  Object.fromEntries(Object.entries(schema).filter(([key, value]) => key !== 'allOf' || value.length > 0));

const properties = (level: Level): Record<string, object> =>
  Object.fromEntries(
    [...keywordsOf(level).values()].filter((k) => k.refused === undefined).map((k) => [k.name, schemaOf(k)]),
  );

/** JSON Schema (draft 7) of playbooks, for editors: derived from the keywords and the tasks there are. */
export function playbookJsonSchema(catalogue: TaskCatalogue): object {
  const actions: Record<string, object> = {};
  for (const name of catalogue.names()) {
    const description = catalogue.find(name);
    if (description === undefined) continue;
    const schema = { anyOf: [withoutEmpty(description.schema), { type: ['string', 'number', 'null'] }] };
    actions[name] = schema;
    for (const prefix of ['ansible.builtin', 'ansible.legacy']) actions[`${prefix}.${name}`] = schema;
  }
  const loops = Object.fromEntries(commonLookups.map((name) => [`with_${name}`, {}]));
  const play = {
    type: 'object',
    properties: { ...properties('play'), import_playbook: { type: 'string' } },
    additionalProperties: false,
    anyOf: [{ required: ['hosts'] }, { required: ['import_playbook'] }],
  };
  const block = { type: 'object', properties: properties('block'), required: ['block'], additionalProperties: false };
  const task = {
    type: 'object',
    properties: { ...properties('handler'), ...loops, ...actions },
    // Qualified names of what has its schema under the short one.
    patternProperties: { '^(ansible\\.posix|community\\.general|kprov\\.kubernetes)\\.\\w+$': {} },
    additionalProperties: false,
    not: { required: ['block'] },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'kprov playbook',
    type: 'array',
    items: { $ref: '#/definitions/play' },
    definitions: {
      play,
      block,
      task,
      node: { anyOf: [{ $ref: '#/definitions/block' }, { $ref: '#/definitions/task' }] },
    },
  };
}
