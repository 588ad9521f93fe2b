import { isSelected } from '../../../src/engine/index.js';

describe('tags choose tasks as Ansible does', () => {
  test.each([
    // tags, --tags, --skip-tags, runs
    [[], [], [], true],
    [['never'], [], [], false],
    [['always'], ['x'], [], true],
    [['always', 'never'], [], [], true],
    [['never', 'x'], ['x'], [], true],
    [['never', 'x'], ['tagged'], [], false],
    [['never'], ['never'], [], true],
    [[], ['untagged'], [], true],
    [['x'], ['untagged'], [], false],
    [['always'], ['untagged'], [], true],
    [[], ['tagged'], [], false],
    [['x'], ['all'], [], true],
    [['x', 'y'], ['x'], ['y'], false],
    [['always'], [], ['always'], false],
    [['always'], [], ['all'], true],
    [['always'], [], ['all', 'always'], false],
    [['x'], [], ['tagged'], false],
    [[], [], ['tagged'], true],
    [[], [], ['untagged'], false],
    [['x'], [], ['all'], false],
  ] as [string[], string[], string[], boolean][])(
    'tags %j with --tags %j and --skip-tags %j: %p',
    (tags, only, skip, runs) => {
      expect(isSelected(tags, { only, skip })).toBe(runs);
    },
  );
});
