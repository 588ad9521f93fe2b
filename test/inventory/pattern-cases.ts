/** An inventory and what patterns select in it; ansible.shell.test.ts checks the table against Ansible itself. */
export const patternInventory = `lone
[web]
w1.example.com
w2.example.com
w3.example.com
[db]
d[1:3]
w3.example.com
[site:children]
db
web
[empty]
[dc-1]
10.0.0.1
fe80::1
`;

const w = (n: number): string => `w${n}.example.com`;
const all = ['lone', '10.0.0.1', 'fe80::1', 'd1', 'd2', 'd3', w(3), w(1), w(2)];

export const patternCases: [pattern: string, hosts: string[]][] = [
  ['all', all],
  ['*', all],
  ['ungrouped', ['lone']],
  ['web', [w(1), w(2), w(3)]],
  ['site', ['d1', 'd2', 'd3', w(3), w(1), w(2)]],
  ['empty', []],
  ['d2', ['d2']],
  ['d2,lone', ['d2', 'lone']],
  ['d2, lone', ['d2', 'lone']],
  ['d2:lone', ['d2', 'lone']],
  ['web:db', [w(1), w(2), w(3), 'd1', 'd2', 'd3']],
  ['db:&web', [w(3)]],
  ['web,&db', [w(3)]],
  ['db:!web', ['d1', 'd2', 'd3']],
  ['!web:db', ['d1', 'd2', 'd3']],
  ['!site', ['lone', '10.0.0.1', 'fe80::1']],
  ['&db', ['d1', 'd2', 'd3', w(3)]],
  ['site:&web:!w1*', [w(3), w(2)]],
  ['d?', ['d1', 'd2', 'd3', w(3)]],
  ['d*', ['d1', 'd2', 'd3', w(3), '10.0.0.1', 'fe80::1']],
  ['d[13]', []],
  ['w[12].*', [w(1), w(2)]],
  ['w[!12].*', [w(3)]],
  ['*.example.com', [w(1), w(2), w(3)]],
  ['~d[12]', ['d1', 'd2']],
  ['~(w1|d3)', [w(1), 'd3']],
  ['~.*3', [w(3), 'd3']],
  ['web[0]', [w(1)]],
  ['web[-1]', [w(3)]],
  ['web[1:2]', [w(2), w(3)]],
  ['web[1:]', [w(2), w(3)]],
  ['web[0:0]', [w(1)]],
  ['web[1:99]', [w(2), w(3)]],
  ['web[2:1]', []],
  ['web[0]:db[0]', [w(1), 'd1']],
  ['site:!web[0]', ['d1', 'd2', 'd3', w(3), w(2)]],
  ['fe80::1', ['fe80::1']],
  ['fe80::1,lone', ['fe80::1', 'lone']],
  ['10.0.0.1', ['10.0.0.1']],
  ['dc-1', ['10.0.0.1', 'fe80::1']],
  ['lone:lone', ['lone']],
];
