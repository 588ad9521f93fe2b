import base from '../../jest.config.js';

const [{ displayName: _, testMatch: __, testPathIgnorePatterns: ___, ...project }] = base.projects;

/** Tests of faults are no part of the other layers: they take minutes. `npm run test:faults` runs them. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default {
  ...project,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/faults/*.faults.ts'],
  testTimeout: 240_000,
  // Sources with something broken on purpose, for tests of parsers.
  moduleNameMapper: {
    ...(process.env.KPROV_SOURCES && { '^(?:\\.\\./)+src/(.*)\\.js$': `${process.env.KPROV_SOURCES}/$1` }),
    ...project.moduleNameMapper,
  },
};
