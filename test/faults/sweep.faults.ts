import { Gates, past as pastOn, spread } from './gates.js';
import {
  aptRepository,
  everyWay,
  FaultyLine,
  figure,
  lengthy,
  makeProjects,
  noAptRepository,
  type Running,
} from './support.js';

const programs = 'mv chmod chown mkdir ln rm cp useradd usermod groupadd apt-get apt-mark systemctl sysctl';

const { tasks: playbook, clean, state, leftovers } = everyWay;
const past = (command: string): string => pastOn('node1', command);

describe('killed at every point, the next run converges', () => {
  const projectOf = makeProjects();
  const points = Number(process.env.KPROV_KILL_POINTS ?? 40);
  const gates = new Gates(programs);
  beforeAll(async () => {
    await gates.open();
    past(aptRepository('sleep 0.1'));
    past(clean);
  });
  afterAll(() => {
    gates.close();
    gates.remove('node1');
    past(`${clean}; ${noAptRepository}`);
  });

  test('before and after each command that changes the host, with and without the shell on it', async () => {
    const project = projectOf([{ name: 'one', host: 'node1' }], playbook);
    let all = 0;
    gates.decide = () => {
      all++;
      return 'go';
    };
    gates.put('node1');
    const first = await project.run();
    expect({ code: first.code, said: first.stderr }).toMatchObject({ code: 0 });
    gates.decide = () => 'go';
    const wanted = past(state);
    let tried = 0;
    for (const point of spread(all, points)) {
      for (const fate of points >= 2 * all
        ? (['go', 'die'] as const)
        : [point % 2 === 0 ? ('go' as const) : ('die' as const)]) {
        gates.remove('node1');
        past(clean);
        gates.put('node1');
        let at = 0;
        let run: Running | undefined;
        let where = '';
        gates.decide = ({ when, program }) => {
          if (at++ !== point) return 'go';
          where = `${when} ${program}`;
          run?.child.kill('SIGKILL');
          return fate;
        };
        run = project.start();
        const { signal } = await run.ended;
        if (signal === 'SIGKILL') tried++;
        gates.decide = () => 'go';
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
    gates.remove('node1');
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
