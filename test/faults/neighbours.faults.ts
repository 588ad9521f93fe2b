import { figure, makeProjects, on } from './support.js';

/** Tries, as fast as it can, to get between the making of a file and its use: replaces whatever new name it sees by a link. */
const racer = `use Fcntl; my $stop = 0; my %known; my ($n, $won) = (0, 0);
until (-e "/tmp/faults-stop") {
  for my $d ("/tmp", "/tmp/faults", "/var/tmp", "/dev/shm") {
    opendir my $h, $d or next;
    for my $f (readdir $h) {
      next if $f =~ /^\\.\\.?$/ or $f =~ /^faults-/;
      $n++;
      next if $known{"$d/$f"}++;
      print STDERR "$d/$f\\n";
      if (unlink "$d/$f" or rename "$d/$f", "$d/faults-stolen.$n") { $won++; }
      symlink "/root/faults-victim", "$d/$f";
      if (open my $r, "<", "$d/$f") { local $/; my $c = <$r>; print STDERR "READ $d/$f: $c\\n" if length $c; }
    }
  }
}
print STDERR "looks $n won $won\\n";`;

/**
 * The owner of folders: as soon as a new file shows in one of them, a link to root's file stands in its place; in the
 * seventh, a link to root's folder stands where the file is to go; in the eighth, links stand where its backup might go.
 */
const exchanger = `use POSIX; my $n = 0;
until (-e "/tmp/faults-stop") {
  for my $d (map { "/home/mallory/d$_" } 1 .. 8) {
    opendir my $h, $d or next;
    for my $f (grep { /^\\.kprov-/ } readdir $h) {
      next if -l "$d/$f";
      if ($d =~ /7/) { $n++ if symlink "/root/faults-folder", "$d/new"; next; }
      if ($d =~ /8/) {
        my ($pid) = $f =~ /-(\\d+)-/;
        symlink "/root/faults-victim", "$d/mine.$pid." . strftime('%Y-%m-%d@%H:%M:%S~', gmtime(time + $_)) for 0, 1;
        next;
      }
      next unless rename "$d/$f", "/home/mallory/taken." . $n++;
      symlink "/root/faults-victim", "$d/$f";
    }
  }
}
print STDERR "exchanged $n\\n";`;

/** Reads what /proc shows an ordinary user of others. */
const watcher = `while [ ! -e /tmp/faults-stop ]; do
  for p in /proc/[0-9]*; do
    cat $p/cmdline 2>/dev/null | tr '\\0' ' '; cat $p/environ 2>/dev/null | tr '\\0' ' '
    for f in $p/fd/*; do head -c 1000 "$f" 2>/dev/null; done
  done
  cat /run/kprov/* /root/* /etc/shadow 2>/dev/null
done >/tmp/faults-watched 2>/dev/null`;

describe('a local user of a host', () => {
  const projectOf = makeProjects();
  const secret = 'Th1sIsTheSecretOfTheTest';
  const clean =
    'touch /tmp/faults-stop; sleep 0.3; pkill -u mallory; userdel -rf mallory 2>/dev/null; userdel -rf kprovfault 2>/dev/null; rm -rf /tmp/faults* /var/tmp/.kprov* /root/faults-* /srv/faults; true';
  beforeEach(() => void on('node3', clean));
  afterEach(() => void on('node3', clean));

  test('who plants links and names in /tmp, and watches it, ps and /proc, gains nothing', async () => {
    on(
      'node3',
      `rm -f /tmp/faults-stop; useradd -m mallory; install -d -m 1777 /tmp/faults; printf secret >/root/faults-victim; chmod 600 /root/faults-victim
cat >/tmp/faults-racer <<'PERL'\n${racer}\nPERL
cat >/tmp/faults-watcher <<'SH'\n${watcher}\nSH
chmod 644 /tmp/faults-racer /tmp/faults-watcher
su mallory -s /bin/sh -c 'cd /tmp/faults; for f in new file kprov .kprov ansible .ansible tmp; do ln -s /root/faults-victim "$f-0" ; done; ln -s /root/faults-victim /tmp/faults/planted; mkdir -p /tmp/faults/dir; ln -s /root/faults-victim /tmp/faults/dir/inside; ln -s /etc /tmp/faults/etc'
su mallory -s /bin/sh -c 'setsid perl /tmp/faults-racer >/dev/null 2>/tmp/faults-raced </dev/null & setsid sh /tmp/faults-watcher </dev/null >/dev/null 2>&1 &'
cd /root && echo inside >faults-in && tar -cf faults-archive.tar faults-in; sleep 0.5`,
    );
    const playbook = `
- hosts: all
  gather_facts: false
  vars: {secret: ${secret}}
  tasks:
    - {name: written, copy: {dest: /root/faults-written, content: "{{ secret }}", mode: "0600"}, no_log: true}
    - {name: sent, copy: {dest: /root/faults-sent, src: big, mode: "0600"}}
    - {name: shared, copy: {dest: /tmp/faults/written, content: "{{ 'x' * 300000 }}", mode: "0600"}}
    - {name: again, copy: {dest: /tmp/faults/written, content: "{{ 'y' * 300000 }}", mode: "0600"}}
    - {name: line, lineinfile: {path: /tmp/faults/lines, line: mine, create: true, mode: "0600"}}
    - {name: script, script: run.sh}
    - {name: unpacked, unarchive: {src: /root/faults-archive.tar, dest: /root, remote_src: true}}
    - {name: temporary, tempfile: {state: file}, register: made}
    - {name: used, copy: {dest: "{{ made.path }}", content: "{{ secret }}", mode: "0600"}, no_log: true, ignore_errors: true}
    - {name: user, user: {name: kprovfault, password: "$6$salt$${secret}"}}
    - {name: input, shell: {cmd: cat >/dev/null, stdin: "{{ secret }}"}, no_log: true}
    - {name: environment, shell: "sleep 0.5", environment: {TOKEN: "{{ secret }}"}, no_log: true}
`;
    const files = {
      big: `${secret}\n`.repeat(20_000),
      'run.sh': `#!/bin/sh\n# ${secret}\nsleep 0.3; id -u >/root/faults-ran\n`,
    };
    const project = projectOf([{ name: 'three', host: 'node3' }], playbook, files);
    for (let round = 0; round < 3; round++) {
      const { code, stdout } = await project.run();
      expect({ code, said: code === 0 ? '' : stdout }).toEqual({ code: 0, said: '' });
    }
    on('node3', 'touch /tmp/faults-stop; sleep 1');
    // The victim is as it was, and nothing of root's became the user's.
    expect(
      on(
        'node3',
        `cat /root/faults-victim; stat -c ' %a %U' /root/faults-victim /root/faults-written; cat /root/faults-ran`,
      ),
    ).toBe('secret 600 root\n 600 root\n0\n');
    expect(
      on(
        'node3',
        `find /root /etc /usr /var /home -xdev -user mallory ! -path '/home/mallory*' ! -path '/var/mail/*' ! -path '/var/tmp/*' 2>/dev/null`,
      ),
    ).toBe('');
    expect(on('node3', 'stat -c "%a %U %F" /tmp/faults/written /tmp/faults/lines')).toBe(
      '600 root regular file\n600 root regular file\n',
    );
    // It has seen no secret, neither in a file that stood open nor in /proc.
    const raced = on('node3', 'cat /tmp/faults-raced');
    const watched = on('node3', 'cat /tmp/faults-watched');
    expect(watched.length).toBeGreaterThan(1000);
    expect(raced).toMatch(/looks \d+/);
    expect(raced).not.toContain(secret);
    expect(watched).not.toContain(secret);
    figure(
      `a local attacker: ${/looks (\d+)/.exec(raced)?.[1]} looks at names, ${raced.split('\n').length - 2} names seen, ${watched.length} bytes of /proc read, no secret`,
    );
  });

  test("who owns the folder that root writes into, and exchanges the new file for a link, gets nothing of root's", async () => {
    on(
      'node3',
      `rm -f /tmp/faults-stop; useradd -m mallory; printf secret >/root/faults-victim; chmod 600 /root/faults-victim; mkdir /root/faults-folder
su mallory -s /bin/sh -c 'cd; for i in 1 2 3 4 5 6 7 8; do mkdir d$i; echo mine >d$i/mine; done'
cat >/tmp/faults-exchanger <<'PERL'\n${exchanger}\nPERL
chmod 644 /tmp/faults-exchanger; su mallory -s /bin/sh -c 'setsid perl /tmp/faults-exchanger >/dev/null 2>/tmp/faults-exchanged </dev/null &'
head -c 3000000 /dev/zero | tr '\\0' z >/root/faults-long; sleep 0.3`,
    );
    // Each is long in the making, and given away; whether it succeeds is the user's to decide.
    const tasks = [
      `copy: {dest: /home/mallory/d1/new, content: "{{ 'x' * 2000000 }}", owner: mallory, mode: "0644"}`,
      `copy: {dest: /home/mallory/d2/mine, content: "{{ 'y' * 2000000 }}"}`,
      'copy: {dest: /home/mallory/d3/sent, src: big, owner: mallory, mode: "0644"}',
      'copy: {dest: /home/mallory/d4/remote, src: /root/faults-long, remote_src: true, owner: mallory, mode: "0644"}',
      'get_url: {dest: /home/mallory/d5/got, url: "file:///root/faults-long", owner: mallory, mode: "0644"}',
      `blockinfile: {path: /home/mallory/d6/mine, block: "{{ 'z' * 2000000 }}"}`,
      `copy: {dest: /home/mallory/d7/new, content: "{{ 'x' * 2000000 }}"}`,
      `copy: {dest: /home/mallory/d8/mine, content: "{{ 'x' * 20000 }}", backup: true}`,
    ];
    const text = tasks.map((task, at) => `    - {name: t${at}, ${task}, ignore_errors: true}\n`).join('');
    const project = projectOf(
      [{ name: 'three', host: 'node3' }],
      `- hosts: all\n  gather_facts: false\n  tasks:\n${text}`,
      { big: 'b'.repeat(3_000_000) },
    );
    for (let round = 0; round < 3; round++) {
      expect((await project.run()).code).toBe(0);
      on(
        'node3',
        `rm -f /home/mallory/d?/new /home/mallory/d?/sent /home/mallory/d?/remote /home/mallory/d?/got; for i in 2 6 8; do rm -f /home/mallory/d$i/mine*; su mallory -s /bin/sh -c "echo mine >~/d$i/mine"; done`,
      );
    }
    on('node3', 'touch /tmp/faults-stop; sleep 0.5');
    const exchanged = Number(/exchanged (\d+)/.exec(on('node3', 'cat /tmp/faults-exchanged'))?.[1]);
    expect(exchanged).toBeGreaterThan(2);
    expect(on('node3', `stat -c '%a %U:%G' /root/faults-victim; cat /root/faults-victim`)).toBe(
      '600 root:root\nsecret',
    );
    expect(on('node3', 'ls -A /root/faults-folder')).toBe('');
    figure(`a file exchanged for a link while root writes it: ${exchanged} times, the victim untouched`);
  });
});
