import { appliedSettings } from './applied.js';
import { harmlessSettings } from './harmless.js';
import { refusedSettings } from './refused.js';
import type { Setting } from './setting.js';
import { toldSettings } from './told.js';

/** Settings of ansible.cfg and the environment, as of ansible-core 2.14 to 2.17. */
export const settings: readonly Setting[] = [
  ...appliedSettings,
  ...refusedSettings,
  ...toldSettings,
  ...harmlessSettings,
];
