import { nearest } from '../../src/errors/index.js';

test.each([
  ['taks', ['tags', 'tasks', 'roles'], 'tasks'],
  ['hsots', ['posts', 'hosts'], 'hosts'],
  ['becme', ['become', 'became'], 'become'],
  ['Regitser', ['register', 'retries'], 'register'],
  ['tabs', ['tags', 'tasks'], 'tags'],
  ['whn', ['when', 'with'], 'when'],
  ['xyz', ['when', 'tasks'], undefined],
  ['x'.repeat(201), ['x'.repeat(200)], undefined],
])('%s was meant to be one of %j: %s', (word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});
