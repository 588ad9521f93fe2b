const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
};

/** A layer of tests is a file name: `x.test.ts` is pure, `x.shell.test.ts` needs real shells, `x.hosts.test.ts` real hosts. */
export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(shell|hosts|cluster)\\.test\\.ts$'],
    },
    { ...base, displayName: 'shell', testMatch: ['<rootDir>/test/**/*.shell.test.ts'] },
    { ...base, displayName: 'hosts', testMatch: ['<rootDir>/test/**/*.hosts.test.ts'] },
    { ...base, displayName: 'cluster', testMatch: ['<rootDir>/test/**/*.cluster.test.ts'] },
  ],
};
