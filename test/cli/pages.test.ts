import { languagePage } from '../../src/cli/pages/language.js';
import { settingsPage } from '../../src/cli/pages/settings.js';
import { tasksPage } from '../../src/cli/pages/tasks.js';
import { expectGolden } from '../report/golden.js';

test('docs/tasks.md says what the definitions say; npm run docs writes it', () => {
  expectGolden('../docs/tasks.md', tasksPage());
});

test('docs/playbook-language.md says what the keywords say; npm run docs writes it', () => {
  expectGolden('../docs/playbook-language.md', languagePage());
});

test('docs/ansible-cfg.md says what the table of settings says; npm run docs writes it', () => {
  expectGolden('../docs/ansible-cfg.md', settingsPage());
});
