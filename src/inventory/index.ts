export { compareText } from './compare-text.js';
export { type LoadedSources, loadInventory } from './load.js';
export type {
  Executed,
  Inventory,
  InventoryGroup,
  InventoryHost,
  InventoryIo,
  NewHost,
  VariableScope,
} from './model.js';
export { localhostNames } from './names.js';
export { expandLimit, type MatchedHosts, matchHosts, splitPatterns } from './patterns.js';
