/** The layers of docs/architecture.md: which folder may import from which. */
const allowed = {
  errors: [],
  kubernetes: [],
  shell: [],
  yaml: [],
  vault: ['yaml'],
  template: [],
  inventory: ['yaml'],
  transport: [],
  tasks: ['shell', 'kubernetes', 'template'],
  playbook: ['yaml', 'template', 'inventory', 'tasks'],
  engine: ['yaml', 'vault', 'playbook', 'inventory', 'template', 'tasks', 'transport', 'shell', 'kubernetes'],
  report: ['engine', 'template'],
  cli: [
    'yaml',
    'vault',
    'report',
    'engine',
    'playbook',
    'inventory',
    'template',
    'tasks',
    'transport',
    'kubernetes',
    'shell',
  ],
};

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: "Looked for in what the compiler makes: two modules may know each other's types.",
      severity: 'error',
      from: { path: '^build/' },
      to: { circular: true },
    },
    ...Object.entries(allowed).map(([folder, targets]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^src/', pathNot: `^src/(${[folder, 'errors', 'values', ...targets].join('|')})/` },
    })),
    {
      name: 'pure-folders-touch-no-io',
      comment: 'Reading, deciding and changing live apart: these folders are functions of their arguments.',
      severity: 'error',
      from: { path: '^src/(values|errors|yaml|vault|template|inventory|shell|kubernetes|playbook|tasks)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|crypto|buffer|util|url|vm)$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
