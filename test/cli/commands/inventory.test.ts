import { renderGraph, renderHost, renderList } from '../../../src/cli/commands/inventory.js';
import { load } from '../../inventory/memory.js';

const { inventory } = await load({
  hosts: 'lone\n[web]\na[1:2] x=1\n[site:children]\nweb\n',
  'play/group_vars/web': 'y: [1, {}]\n',
});

test('the graph of a group shows what is below it', () => {
  expect(renderGraph(inventory, 'site')).toBe('@site:\n  |--@web:\n  |  |--a1\n  |  |--a2');
});

test('a host shows its variables, sorted, without those that Ansible makes itself', () => {
  expect(renderHost(inventory, 'a1', { playbookDir: 'play' })).toBe(
    '{\n    "x": 1,\n    "y": [\n        1,\n        {}\n    ]\n}',
  );
  expect(renderHost(inventory, 'lone')).toBe('{}');
});

test('keys of digits are sorted as text', async () => {
  const { inventory: digits } = await load({
    'h.yml': 'all:\n  hosts:\n    h: {m: {"10": a, "9": b, "é": c, "Z": d}}\n',
  });
  expect(renderHost(digits, 'h').match(/"[^"]+":/g)).toEqual(['"m":', '"10":', '"9":', '"Z":', '"é":']);
});

test('an implicit localhost can be shown but is not listed', () => {
  expect(renderHost(inventory, 'localhost')).toBe('{\n    "ansible_connection": "local"\n}');
  expect(renderList(inventory)).not.toContain('localhost');
});

test.each([
  ['a graph', () => renderGraph(inventory, 'wbe'), 'the inventory has no group wbe', 'did you mean web?'],
  ['a host', () => renderHost(inventory, 'a3'), 'the inventory has no host a3', 'did you mean a1?'],
  ['a host', () => renderHost(inventory, 'web'), 'web stands for 2 hosts', undefined],
])('%s of the wrong name is an error with the nearest name', (_, render, message, fix) => {
  expect(render).toThrow(expect.objectContaining({ message, fix }));
});
