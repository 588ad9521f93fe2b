import { controls } from '../../src/engine/controls/index.js';
import { doneHere } from '../../src/engine/done-here.js';

test('no task that the engine carries out itself counts as one that is certain to need its host', () => {
  expect([...controls.keys()].filter((name) => !doneHere.has(name))).toEqual([]);
});
