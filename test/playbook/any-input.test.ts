import fc from 'fast-check';
import { loadPlaybook } from '../../src/playbook/loader.js';
import { catalogue } from './catalogue.js';
import { memoryFiles } from './memory-files.js';

const word = fc.constantFrom(
  ...'hosts tasks block rescue always name when tags vars roles role handlers loop loop_control with_items with_dict args action local_action module copy src dest command cmd file path state shell debug meta include_tasks import_tasks include_role import_role include_vars set_fact import_playbook include apply tasks_from vars_files environment notify listen register until become serial dependencies __proto__ constructor toString length free_form warn sudo'.split(
    ' ',
  ),
);
const scalar = fc.oneof(
  word,
  fc.constantFrom(
    '{{ x }}',
    'a=b',
    'copy src=a dest="b',
    'other.yml',
    'site.yml',
    'web',
    '',
    'yes',
    '{% raw %}',
    'x: y',
  ),
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 5 }),
  ),
}));
const play = fc.record({ hosts: fc.constant('all'), tasks: fc.array(anything, { maxLength: 5 }) });
const books = fc.oneof(anything, fc.array(fc.oneof(anything, play), { maxLength: 3 }));

test('whatever a playbook holds, loading it ends with places in its files', () => {
  fc.assert(
    fc.property(books, anything, anything, anything, (site, other, tasks, meta) => {
      const texts = {
        'site.yml': JSON.stringify(site, undefined, 1),
        'other.yml': JSON.stringify(other, undefined, 1),
        'roles/web/tasks/main.yml': JSON.stringify(tasks, undefined, 1),
        'roles/web/meta/main.yml': JSON.stringify(meta, undefined, 1),
        'roles/web/vars/main.yml': JSON.stringify(meta, undefined, 1),
      };
      const { diagnostics } = loadPlaybook(['site.yml'], {
        files: memoryFiles(texts),
        catalogue,
        templateCheck: () => undefined,
      });
      for (const { position, message } of diagnostics) {
        expect(message).not.toMatch(/undefined|\[object|NaN/);
        expect(Object.keys(texts)).toContain(position?.file);
        expect(position?.line).toBeGreaterThan(0);
        expect(position?.column).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300 },
  );
});
