import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import {
  aptRepository,
  bed,
  everyWay,
  FaultyLine,
  figure,
  lengthy,
  makeProjects,
  noAptRepository,
  on,
  type Running,
} from './support.js';

/** Stands before the programs that change a host: asks the test what is to become of the run, before and after each. */
const gate = (address: string, port: number) => String.raw`#!/bin/bash
name=${'${0##*/}'}
real=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P "$name")
ask() {
  { exec 8<>/dev/tcp/${address}/${port}; } 2>/dev/null || return 0
  echo "$1 $name" >&8
  read -r what <&8
  exec 8>&-
  [ "$what" != die ] || { pkill -KILL -f '^(/bin/)?sh -s$'; kill -KILL $$; }
}
ask before
"$real" "$@"
rc=$?
ask after
exit $rc
`;
const programs = 'mv chmod chown mkdir ln rm cp useradd usermod groupadd apt-get apt-mark systemctl sysctl'.split(' ');

const { tasks: playbook, clean, state, leftovers } = everyWay;

/** A command past the gates: they are answered by this very process. */
const past = (command: string): string => on('node1', `PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n${command}`);

describe('killed at every point, the next run converges', () => {
  const projectOf = makeProjects();
  const points = Number(process.env.KPROV_KILL_POINTS ?? 40);
  const gateway = execFileSync('docker', [
    'inspect',
    '-f',
    '{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}',
    `${bed.name}-node1-1`,
  ])
    .toString()
    .trim()
    .split(' ')[0];

  /** What is to become of the run at this question; the program waits for the answer. */
  let decide: (question: string) => 'go' | 'die';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (question) => socket.end(`${decide(question.toString().trim())}\n`));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    past(aptRepository('sleep 0.1'));
    past(clean);
  });
  afterAll(() => {
    server.close();
    past(`${clean}; ${noAptRepository}; cd /usr/local/bin && rm -f ${programs.join(' ')}`);
  });

  const putGates = () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    on(
      'node1',
      `cd /usr/local/bin && cat >.gate <<'GATE'\n${gate(gateway ?? '', port)}GATE\nchmod 755 .gate; for p in ${programs.join(' ')}; do /bin/cp .gate $p; done; /bin/rm .gate`,
    );
  };
  const removeGates = () => past(`cd /usr/local/bin && /bin/rm -f ${programs.join(' ')}`);

  /** At most so many numbers from 0 to `count`, evenly spread. */
  const spread = (count: number, most: number) => [
    ...new Set(
      Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most))),
    ),
  ];

  test('before and after each command that changes the host, with and without the shell on it', async () => {
    const project = projectOf([{ name: 'one', host: 'node1' }], playbook);
    const asked: string[] = [];
    decide = (question) => {
      asked.push(question);
      return 'go';
    };
    putGates();
    const first = await project.run();
    expect({ code: first.code, said: first.stderr }).toMatchObject({ code: 0 });
    const all = asked.length;
    const wanted = past(state);
    let tried = 0;
    for (const point of spread(all, points)) {
      for (const fate of points >= 2 * all
        ? (['go', 'die'] as const)
        : [point % 2 === 0 ? ('go' as const) : ('die' as const)]) {
        removeGates();
        past(clean);
        putGates();
        let at = 0;
        let run: Running | undefined;
        let where = '';
        decide = (question) => {
          if (at++ !== point) return 'go';
          where = question;
          run?.child.kill('SIGKILL');
          return fate;
        };
        run = project.start();
        const { signal } = await run.ended;
        if (signal === 'SIGKILL') tried++;
        decide = () => 'go';
        const again = await project.run();
        const about = { point, where, fate };
        expect({ ...about, code: again.code, said: again.code === 0 ? '' : again.stdout + again.stderr }).toEqual({
          ...about,
          code: 0,
          said: '',
        });
        expect({ ...about, state: past(state) }).toEqual({ ...about, state: wanted });
        expect({ ...about, left: past(leftovers) }).toEqual({ ...about, left: '' });
      }
    }
    removeGates();
    expect(tried).toBeGreaterThan(Math.min(all, points) * 0.8);
    expect((await project.run()).stdout).toMatch(/changed=0/);
    figure(`kill points at commands: ${tried} tried of ${all} in the playbook, converged: all`);
  }, 1_500_000);

  lengthy(
    'before it is sent, sent and not answered: at any byte in either direction',
    async () => {
      const proxy = await FaultyLine.before('node1');
      const project = projectOf([{ name: 'one', host: 'node1', proxy }], playbook);
      past(clean);
      expect((await project.run()).code).toBe(0);
      const wanted = past(state);
      const full = { ...proxy.bytes };
      const each = Math.ceil(points / 4);
      let tried = 0;
      for (const direction of ['up', 'down'] as const) {
        for (let point = 0; point < each; point++) {
          past(clean);
          proxy.bytes.up = 0;
          proxy.bytes.down = 0;
          const bytes = Math.ceil(((point + 0.6) * full[direction]) / each);
          let run: Running | undefined;
          proxy.breakAt = { direction, bytes, how: () => void run?.child.kill('SIGKILL') };
          run = project.start();
          const { signal } = await run.ended;
          if (signal === 'SIGKILL') tried++;
          proxy.breakAt = undefined;
          const again = await project.run();
          const about = { direction, bytes, said: again.code === 0 ? '' : again.stdout + again.stderr };
          expect({ ...about, code: again.code }).toEqual({ ...about, code: 0 });
          expect({ ...about, state: past(state) }).toEqual({ ...about, state: wanted });
          expect({ ...about, left: past(leftovers) }).toEqual({ ...about, left: '' });
        }
      }
      proxy.close();
      figure(`kill points at bytes: ${tried} tried, converged: all`);
    },
    1_500_000,
  );
});
