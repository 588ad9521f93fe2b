import { Redactor } from '../values/redactor.js';

/** What the process has been told in confidence, by whichever command: an error that ends it may hold some of it. */
export const secrets = new Redactor();
