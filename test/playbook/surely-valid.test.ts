import { Ajv } from 'ajv';
import fc from 'fast-check';
import { registryCatalogue } from '../../src/playbook/index.js';
import { isSurelyValid } from '../../src/playbook/surely-valid.js';
import type { Value } from '../../src/values/index.js';

const catalogue = registryCatalogue();
const tasks = [...catalogue.names()].map((name) => catalogue.find(name)).filter((task) => task !== undefined);
const ajv = new Ajv({ strict: false, validateSchema: false });
const validators = new Map(tasks.map((task) => [task.name, ajv.compile(task.schema)]));

const scalars = fc.oneof(
  fc.constantFrom('present', 'absent', 'directory', 'yes', '{{ x }}', '0644', 'x'),
  fc.string({ maxLength: 3 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const values = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 3 }), scalars),
);
const cases = fc
  .constantFrom(...tasks)
  .chain((task) =>
    fc
      .dictionary(fc.constantFrom(...Object.keys(task.parameters), 'no_such_parameter'), values, { maxKeys: 4 })
      .map((args) => ({ task, args: args as Record<string, Value> })),
  );

describe('the quick look at arguments', () => {
  test('it says the same as the full validation, for every task', () => {
    fc.assert(
      fc.property(cases, ({ task, args }) => isSurelyValid(task.schema, args) === validators.get(task.name)?.(args)),
      { numRuns: 3000 },
    );
  });

  test('of what it does not know it is not sure', () => {
    expect(isSurelyValid({ minLength: 1 }, 'text')).toBe(false);
    expect(isSurelyValid({ type: 'string', constructor: 1 }, 'text')).toBe(false);
  });
});
