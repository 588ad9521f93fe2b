/** `compile` of a task that the engine carries out itself: only its declaration is used. */
export function byEngine(): never {
  throw new Error('executed by the engine');
}
