import { Command } from 'commander';

export const docCommand = (): Command =>
  new Command('doc')
    .summary('documentation of a task')
    .argument('[task]', 'its name; without one, all tasks are listed')
    .action(async (name: string | undefined) => {
      const { doc } = await import('../commands/doc.js');
      doc(name);
    });
