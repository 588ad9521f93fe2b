/** Inventories that kprov and ansible-inventory must read alike. */
export interface CorpusCase {
  name: string;
  files: Record<string, string>;
  sources: string[];
  playbookDir?: string;
  /** Hosts for `--host`. */
  hosts?: string[];
}

const one = (name: string, text: string, file = 'hosts'): CorpusCase => ({
  name,
  files: { [file]: text },
  sources: [file],
});

export const corpus: CorpusCase[] = [
  one('empty', '# nothing\n'),
  one('hosts before any group', 'a\nb ansible_host=10.0.0.1\n\n[web]\na\nc\n'),
  one(
    'ranges',
    '[n]\nn[01:12]\n[abc]\nx[a:c].example.com\n[steps]\ns[1:10:2]\n[two]\nr[1:2]-[a:b]\n[zero]\nz[:2]\n[caps]\nc[y:B]\n[wide]\nw[8:011]\n',
  ),
  one(
    'ports',
    'a:2222\nb.example.com:22 ansible_port=23\n[::1]:2200\n10.0.0.[1:2]:24\nfe80::1\n2001:db8::[1:3]\n[g]\na:9\n',
  ),
  one(
    'typed values',
    `h a=1 b=1.30 c=True d=true e=None f=yes g='text' h="'1.30'" i=[1,2] j="{'a': 1, 'b': [True, None]}" k=010 l=0x1f m= n=1_000 o="a b" p=a=b q=-5 r=1,2 s="(1,)" t=1e3x u=@x
[g]
h
[g:vars]
aa=1
ab = two words
ac="quoted"
ad='it''s'
ae=[1, "x"]
af=1 # comment
ag=a # no comment
ah = "x" # comment
ai={"a": {"b": 1}}
aj=yes
ak=
al==x
am={{ x }}
an="{{ x }}"
ao=C:\\new
ap="C:\\\\new\\t"
`,
  ),
  one('quoting', `h a="x y" b='p"q' c=a\\ b d="a\\"b" e=pre"in"post f='' # comment\n"i" x=1\nj a=b#c\n`),
  one(
    'children, declared later, in the order in which sections begin',
    `[cluster:children]
a
b
c # comment
[c]
n3
[b]
n2
[a]
n1
[cluster:vars]
v=1
[top:children]
cluster
`,
  ),
  one(
    'precedence of groups',
    `[c1]
h
[c2]
h
[c3]
h
[p:children]
c1
[c1:vars]
x=c1
y=c1
z=c1
[c2:vars]
x=c2
y=c2
z=c2
ansible_group_priority=10
[c3:vars]
x=c3
y=c3
[p:vars]
x=p
q=p
[all:vars]
x=all
q=all
r=all
`,
  ),
  one('all as a group of hosts', '[all]\nb\na\n[g]\na\n'),
  one('ungrouped by name', '[ungrouped]\nx\ny\n[g]\ny\n'),
  one('comments and blanks', '; one\n# two\n\n   [g]   # three\n   a   # four\n\t b\n[g:vars] # five\nx = 1\n;y=2\n'),
  one('diamond', '[a]\nn1\nn2\n[b:children]\na\n[c:children]\na\n[d:children]\nb\nc\n[d]\nn3\n'),
  one('windows line ends', '[g]\r\na x=1\r\nb\r\n'),
  one('names that are not host names', 'under_score_\nweird!name x=1\n[k8s-cluster]\na-\n'),
  one('variables in several places', 'h x=1\n[g]\nh x=2 y=1\n[g2]\nh y=3\n'),
  one(
    'deep',
    '[l1:children]\nl2\n[l2:children]\nl3\n[l3:children]\nl4\n[l4]\nh\n[l1:vars]\nv=1\n[l3:vars]\nv=3\n[l2:vars]\nv=2\n',
  ),
  {
    name: 'group_vars and host_vars beside inventory and playbook',
    files: {
      'inv/hosts': '[g]\nh x=inv k=inv\n[p:children]\ng\n[g:vars]\nm=ginv\n[all:vars]\nn=allinv\no=allinv\n',
      'inv/group_vars/all.yml': 'a: all\nb: all\nc: all\nd: all\nm: all\nn: all\n',
      'inv/group_vars/p/one.yml': 'b: p\nb1: one\n',
      'inv/group_vars/p/two.yaml': 'b1: two\n',
      'inv/group_vars/p/.hidden.yml': 'b: hidden\n',
      'inv/group_vars/p/skip.txt': 'b: txt\n',
      'inv/group_vars/p/sub/deep': 'b2: deep\n',
      'inv/group_vars/g': 'c: g\n',
      'inv/group_vars/g.yml': 'c: shadowed\n',
      'inv/host_vars/h.json': '{"d": "h", "x": "host_vars", "list": [1, {"y": null}]}',
      'play/group_vars/all': 'a: playall\nc: playall\n',
      'play/group_vars/g.yml': 'b2: playg\n',
      'play/host_vars/h.yaml': 'k: playhost\n',
    },
    sources: ['inv/hosts'],
    playbookDir: 'play',
    hosts: ['h'],
  },
  {
    name: 'several sources, later ones win',
    files: {
      'a/hosts': '[g]\nh1 x=a\nh2\n[g:vars]\nv=a\n',
      'b/hosts.yml': 'all:\n  children:\n    g:\n      hosts:\n        h1: {x: b}\n        h3:\n      vars: {v: b}\n',
      'a/group_vars/g.yml': 'w: a\n',
      'b/group_vars/g.yml': 'w: b\n',
    },
    sources: ['a/hosts', 'b/hosts.yml', 'x1,h2,[::2]:22,n.example.com:2222'],
  },
  {
    name: 'a directory',
    files: {
      'd/10-first': '[g]\nh1\n',
      'd/20-second.yml': 'g:\n  hosts:\n    h2:\n',
      'd/ignored.ini': '[g]\nno1\n',
      'd/README.md': 'no2\n',
      'd/.hidden': 'no3\n',
      'd/old~': 'no4\n',
      'd/sub/more': '[g2]\nh3\n',
      'd/group_vars/g.yml': 'v: 1\n',
      'd/sub/group_vars/g2.yml': 'v: 2\n',
    },
    sources: ['d'],
  },
  one(
    'YAML',
    `all:
  hosts:
    test1:
    test2:
      host_var: value
  vars:
    group_all_var: value
  children:
    other_group:
      children:
        group_x:
          hosts: test5
        group_y:
          hosts:
            test6:
      vars:
        g2_var2: value3
      hosts:
        test4:
          ansible_host: 127.0.0.1
          port: 0644
          yes_no: yes
          version: "1.30"
          nothing: ~
          list: [a, 1, 2.5]
    last_group:
      hosts:
        test1:
        "n[1:3].example.com:22":
          x: 1
      vars:
        group_last_var: value
`,
    'hosts.yml',
  ),
  one('YAML without an extension', 'web:\n  hosts:\n    a:\n    b:\n'),
  one(
    'YAML, groups side by side and empty ones',
    '---\nweb:\n  hosts:\n    a:\nempty:\ndb:\n  children:\n    web:\n    inner: {}\n',
    'i.yaml',
  ),
  one('JSON as YAML', '{"all": {"children": {"g": {"hosts": {"a": {"x": [1, "2", null, true]}}}}}}', 'hosts.json'),
  { name: 'a host list', files: { x: '' }, sources: ['a,b:2222, c ,::1'] },
  { name: 'one host', files: { x: '' }, sources: ['localhost,'], hosts: ['localhost'] },
  { name: 'implicit localhost is in no list', files: { hosts: 'a\n' }, sources: ['hosts'] },
  one('unicode', 'hôte x="é ü"\n[gröup]\nß\n'),
  one('text in JSON', `h a="tab\\there" b="'q\\\\u0041'" c='"dq"' d=/x/\n`),
  one(
    'Vagrant',
    "# Generated by Vagrant\n\ncp1 ansible_host=127.0.0.1 ansible_port=2222 ansible_user='vagrant' ansible_ssh_private_key_file='/v/private key'\nw1 ansible_host=127.0.0.1 ansible_port=2200 ansible_user='vagrant' ansible_ssh_common_args=\"-o ProxyJump=b\"\n\n[control_plane]\ncp1\n\n[workers]\nw1\n",
  ),
  {
    name: 'an executable',
    files: {
      'inv.sh': `#!/bin/sh
cat <<'EOF'
{"_meta": {"hostvars": {"a": {"x": 1, "y": [true, null, 1.5]}, "stranger": {"z": 1}}},
 "web": {"hosts": ["a", "b"], "vars": {"v": {"k": "é"}}, "children": ["inner"]},
 "inner": ["c", "a"], "all": {"vars": {"everywhere": "yes"}}, "ungrouped": {"hosts": ["u"]}}
EOF
`,
      'group_vars/web': 'v2: 1\n',
    },
    sources: ['inv.sh', 'u,w'],
  },
];
