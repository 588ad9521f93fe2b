// Writes the pages that are derived from the code: npm run docs
import { writeFileSync } from 'node:fs';
import { languagePage } from '../src/cli/pages/language.js';
import { settingsPage } from '../src/cli/pages/settings.js';
import { tasksPage } from '../src/cli/pages/tasks.js';

writeFileSync(new URL('tasks.md', import.meta.url), tasksPage());
writeFileSync(new URL('playbook-language.md', import.meta.url), languagePage());
writeFileSync(new URL('ansible-cfg.md', import.meta.url), settingsPage());
