import { compareOrders } from '../../../src/engine/index.js';

test('tasks of an include stand behind it and before what follows', () => {
  const orders = [[4, 0], [4, 1], [4, 1, 0], [4, 1, 0, 2], [4, 1, 1], [4, 2], [5], [5, 0]];
  const shuffled = [...orders].reverse().sort(compareOrders);
  expect(shuffled).toEqual(orders);
});
