import { Command, Option } from 'commander';
import type { InventoryFlags } from '../commands/inventory.js';
import { inventoryOption, vaultOptions, verboseOption } from '../options.js';

export const inventoryCommand = (): Command =>
  vaultOptions(inventoryOption(new Command('inventory')))
    .summary('show the inventory')
    .description('Shows the inventory, as ansible-inventory does; everything as JSON by default.')
    .addOption(new Option('--list', 'everything as JSON').conflicts(['graph', 'host']))
    .addOption(new Option('--graph [group]', 'groups and hosts as a tree').conflicts(['list', 'host']))
    .addOption(new Option('--host <name>', 'the variables of one host').conflicts(['list', 'graph']))
    .option('--playbook-dir <directory>', 'its group_vars and host_vars count too')
    .addOption(verboseOption('say which configuration file counts'))
    .action(async (flags: InventoryFlags) => {
      const { inventory } = await import('../commands/inventory.js');
      await inventory(flags);
    });
