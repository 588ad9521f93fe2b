import type { Order } from '../events.js';

/** Negative where `a` stands before `b`; an include's tasks stand behind it and before what follows it. */
export function compareOrders(a: Order, b: Order): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
