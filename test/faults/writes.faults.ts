import { figure, makeProjects, on, until } from './support.js';

/** Looks at each file as often as it can: length, first and last byte, checksum, mode, owner; says each state once. */
const observer = `use Fcntl ':mode'; my %seen; $| = 1; open OUT, ">/root/faults-seen"; select OUT; $| = 1; my $n = 0;
until (-e "/root/faults-stop") {
  for my $f (@ARGV) {
    $n++; my $s;
    if (open my $h, "<", $f) {
      my @a = stat $h; local $/; my $c = <$h>; $c = "" unless defined $c;
      $s = sprintf "%d %s %s %d %o %d:%d", length $c, substr($c, 0, 3), substr($c, -4), unpack("%32C*", $c), $a[2] & 07777, $a[4], $a[5];
      $s =~ s/\\n/~/g;
    } else { $s = "absent" }
    print "$f $s\\n" unless $seen{"$f $s"}++;
  }
}
print "looks $n\\n"; close OUT; rename "/root/faults-seen", "/root/faults-done";`;

const line = 'a line that is there to make the file long, and to be left alone\\n';

/** Each changes /root/faults/NAME, which has `old` first and is long. */
const tasks: Record<string, string> = {
  copied: `copy: {dest: /root/faults/copied, content: "new {{ '${line}' * 6000 }}end", mode: "0600", owner: nobody}`,
  kept: `copy: {dest: /root/faults/kept, content: "new {{ '${line}' * 6000 }}end"}`,
  sent: 'copy: {dest: /root/faults/sent, src: long.txt, mode: "0600", group: nogroup}',
  template: 'template: {dest: /root/faults/template, src: long.txt, mode: "0604"}',
  line: 'lineinfile: {path: /root/faults/line, regexp: "^old", line: "new"}',
  block: 'blockinfile: {path: /root/faults/block, block: "new", mode: "0600"}',
  replaced: 'replace: {path: /root/faults/replaced, regexp: "long", replace: "short"}',
  ini: 'ini_file: {path: /root/faults/ini, section: new, option: a, value: b, mode: "0600"}',
  sysctl: 'sysctl: {name: net.ipv4.ip_forward, value: "1", sysctl_file: /root/faults/sysctl, reload: false}',
  fstab: 'mount: {path: /mnt/faults-x, src: tmpfs, fstype: tmpfs, state: present, fstab: /root/faults/fstab}',
  downloaded: 'get_url: {url: "file:///root/faults-long", dest: /root/faults/downloaded, force: true, mode: "0640"}',
  remote: 'copy: {src: /root/faults-long, dest: /root/faults/remote, remote_src: true, mode: "0640"}',
};
const names = Object.keys(tasks);

describe('every file write', () => {
  const projectOf = makeProjects();
  const clean =
    'touch /root/faults-stop; sleep 0.2; pkill -f faults-observer; rm -rf /root/faults /root/faults-*; true';
  beforeEach(() => void on('node3', clean));
  afterEach(() => void on('node3', clean));

  test('shows the old content or the new, with its owner and mode, at any instant', async () => {
    on(
      'node3',
      `mkdir -p /root/faults; yes '${line.replace('\\n', '')}' | head -n 6000 >/root/faults-body; { echo old; cat /root/faults-body; } >/root/faults-old; { echo new; cat /root/faults-body; } >/root/faults-long
for f in ${names.join(' ')}; do cp /root/faults-old /root/faults/$f; chmod 0644 /root/faults/$f; done; sed 's/^/# /' /root/faults-old >/root/faults/fstab; sed 's/^/# /' /root/faults-old >/root/faults/sysctl; sed 's/^/; /' /root/faults-old >/root/faults/ini
cat >/root/faults-observer <<'PERL'\n${observer}\nPERL
perl /root/faults-observer ${names.map((name) => `/root/faults/${name}`).join(' ')} >/dev/null 2>&1 </dev/null &`,
    );
    await until(() => on('node3', 'cat /root/faults-seen 2>/dev/null || true').split('\n').length > names.length);
    const text = `- hosts: all\n  gather_facts: false\n  tasks:\n${names.map((name) => `    - {name: ${name}, ${tasks[name]}}\n`).join('')}`;
    const project = projectOf([{ name: 'three', host: 'node3' }], text, {
      'long.txt': `new\n${line.replace('\\n', '\n').repeat(6000)}`,
    });
    const { code, stdout } = await project.run();
    expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
    await until(() => on('node3', 'cat /root/faults-seen').split('\n').length > 2 * names.length, 5000).catch(
      () => undefined,
    );
    on('node3', 'touch /root/faults-stop; while [ ! -e /root/faults-done ]; do sleep 0.1; done');
    const seen = on('node3', 'cat /root/faults-done').trim().split('\n');
    /** Each content with the attributes that it was seen with. */
    const states = names.map((name) => {
      const contents: Record<string, string[]> = {};
      for (const state of seen.filter((each) => each.startsWith(`/root/faults/${name} `))) {
        const words = state.split(' ');
        const content = words.slice(1, -2).join(' ');
        contents[content] = [...(contents[content] ?? []), words.slice(-2).join(' ')];
      }
      return { name, contents: Object.values(contents).map((attributes) => attributes.length) };
    });
    // Old and new, and the new one with its attributes from its first instant on.
    expect(states.filter(({ contents }) => contents.length !== 2 || contents[1] !== 1)).toEqual([]);
    expect(seen.join('\n')).not.toMatch(/ absent$/m);
    figure(
      `file writes: ${names.length} tasks, ${/looks (\d+)/.exec(seen.join('\n'))?.[1]} looks, nothing but old and new`,
    );
    expect(on('node3', `cd /root/faults; stat -c '%n %a %U %G' ${names.join(' ')}`)).toBe(
      `copied 600 nobody root
kept 644 root root
sent 600 root nogroup
template 604 root root
line 644 root root
block 600 root root
replaced 644 root root
ini 600 root root
sysctl 644 root root
fstab 644 root root
downloaded 640 root root
remote 640 root root
`,
    );
  });

  test('keeps links as asked: a symbolic link is followed where that is asked, and another name of the file keeps the old content', async () => {
    on(
      'node3',
      'mkdir -p /root/faults; cd /root/faults; for f in followed edited hard; do echo old >$f; done; ln -s followed link; ln -s edited link2; ln hard other; ln -s followed link3',
    );
    const project = projectOf(
      [{ name: 'three', host: 'node3' }],
      `- hosts: all
  gather_facts: false
  tasks:
    - {name: followed, copy: {dest: /root/faults/link, content: new, follow: true}}
    - {name: edited, lineinfile: {path: /root/faults/link2, line: new}}
    - {name: hard, copy: {dest: /root/faults/hard, content: new}}
    - {name: mode, file: {path: /root/faults/link3, mode: "0600"}}
`,
    );
    const { code, stdout } = await project.run();
    expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
    expect(
      on(
        'node3',
        `cd /root/faults; for f in followed edited hard other; do printf '%s: %s; ' $f "$(tr '\\n' ' ' <$f)"; done; readlink link link2 link3; stat -c %a followed`,
      ),
    ).toBe('followed: new; edited: old new ; hard: new; other: old ; followed\nedited\nfollowed\n600\n');
  });
});
