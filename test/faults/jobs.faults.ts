import { aptRepository, FaultyLine, makeProjects, noAptRepository, on, resultsOf, until } from './support.js';

const clean = `${noAptRepository}; rm -rf /root/faults-* /var/lib/kprov/images /usr/local/bin/ctr`;

const losses: [string, (proxy: FaultyLine) => void][] = [
  ['the TCP connection is cut', (proxy) => proxy.cut()],
  ['the network is a black hole', (proxy) => proxy.hole()],
  ["sshd's session process is killed", () => void on('node1', `pkill -KILL -f '^sshd: root@notty' || true`)],
];

const loss = process.env.KPROV_FAULTS === 'short' ? losses.slice(0, 1) : losses;

describe('long jobs run on when the connection is lost, and their result is picked up', () => {
  const projectOf = makeProjects();
  let proxy: FaultyLine;
  beforeEach(async () => {
    on('node1', clean);
    proxy = await FaultyLine.before('node1');
  });
  afterEach(() => {
    proxy.close();
    on('node1', clean);
  });

  test.each(loss)('apt-get install, when %s', async (_, lose) => {
    on(
      'node1',
      aptRepository(`echo begun >/root/faults-begun
i=0; while [ $i -lt 12 ]; do echo "still at work $i"; sleep 0.4; i=$((i+1)); done; echo once >>/root/faults-once`),
    );
    const project = projectOf(
      [{ name: 'one', host: 'node1', proxy }],
      `
- hosts: all
  gather_facts: false
  tasks:
    - {name: install, apt: {name: kprov-fault}, notify: told}
    - {name: after, copy: {dest: /root/faults-after, content: after}}
  handlers:
    - {name: told, copy: {dest: /root/faults-told, content: told}}
`,
    );
    const run = project.start(['--output', 'json']);
    await until(() => on('node1', 'ls /root/faults-begun 2>/dev/null || true') !== '');
    lose(proxy);
    const { code, stdout, stderr } = await run.ended;
    const results = resultsOf(stdout).map(({ task, status }) => `${task} ${status}`);
    expect({ code, results, stderr }).toMatchObject({
      code: 0,
      results: ['install changed', 'after changed', 'told changed'],
    });
    expect(on('node1', `cat /root/faults-once; dpkg-query -W -f '\${db:Status-Status}' kprov-fault`)).toBe(
      'once\ninstalled',
    );
  });

  test('the loading of images', async () => {
    on(
      'node1',
      `cat >/usr/local/bin/ctr <<'CTR'
#!/bin/sh
case "$*" in
*import*) cat >/dev/null; echo import >>/root/faults-imports; for i in 1 2 3 4 5 6 7 8; do echo "part $i"; sleep 0.4; done
  echo example/image:1 >/root/faults-images; echo 'unpacking example/image:1 (sha256:0)...done' ;;
*ls*) cat /root/faults-images 2>/dev/null ;;
esac
CTR
chmod 755 /usr/local/bin/ctr; echo archive >/root/faults-archive.tar`,
    );
    const project = projectOf(
      [{ name: 'one', host: 'node1', proxy }],
      `
- hosts: all
  gather_facts: false
  tasks:
    - {name: load, container_images: {archives: [/root/faults-archive.tar]}}
    - {name: after, copy: {dest: /root/faults-after, content: after}}
`,
    );
    const run = project.start(['--output', 'json']);
    await until(() => on('node1', 'cat /root/faults-imports 2>/dev/null || true') !== '');
    proxy.cut();
    const { code, stdout } = await run.ended;
    const results = resultsOf(stdout).map(({ task, status }) => `${task} ${status}`);
    expect({ code, results }).toEqual({ code: 0, results: ['load changed', 'after changed'] });
    expect(on('node1', 'cat /root/faults-imports')).toBe('import\n');
  });

  test.each(loss)('an asynchronous job, when %s', async (_, lose) => {
    const project = projectOf(
      [{ name: 'one', host: 'node1', proxy }],
      `
- hosts: all
  gather_facts: false
  tasks:
    - name: waited for
      shell: "echo begun >/root/faults-begun; sleep 4; echo once >>/root/faults-once; echo its last words"
      async: 60
      poll: 1
      register: job
    - {name: picked up, assert: {that: job.stdout == 'its last words'}}
    - {name: left alone, shell: "sleep 1; echo two >>/root/faults-once; echo other words", async: 60, poll: 0, register: other}
    - {name: looked after, async_status: {jid: "{{ other.ansible_job_id }}"}, register: end, until: end.finished, retries: 20, delay: 1}
    - {name: its result, assert: {that: end.stdout == 'other words'}}
`,
    );
    const run = project.start(['--output', 'json']);
    await until(() => on('node1', 'ls /root/faults-begun 2>/dev/null || true') !== '');
    lose(proxy);
    const { code, stdout, stderr } = await run.ended;
    const failed = resultsOf(stdout).filter(({ status }) => !/ok|changed/.test(status));
    expect({ code, failed, stderr }).toMatchObject({ code: 0, failed: [] });
    expect(on('node1', 'cat /root/faults-once')).toBe('once\ntwo\n');
  });
});
