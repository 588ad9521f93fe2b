import type { Groups, Plan } from '../cluster/plan.js';
import type { BedHost } from '../lab/bed.js';
import {
  expectWell,
  have,
  kubectl,
  makePlans,
  minutes,
  preparedHosts,
  readyNodes,
  reset,
  takeDown,
  up,
  upThrough,
} from './cluster-support.js';
import { type Fate, Gates, past, type Question } from './gates.js';
import { type Ended, everyWay, FaultyLine, figure, lengthy, type Running } from './support.js';

/** What `cluster.yml` changes hosts with. */
const programs =
  'mv chmod chown mkdir ln rm cp sed tee swapoff apt-get apt-mark systemctl sysctl modprobe kubeadm kubectl setsid';

/** Those of its calls that only look. */
const isLook = ({ program, args }: Question): boolean =>
  (program === 'kubeadm' && !/^(init|join|reset|token create)/.test(args)) ||
  (program === 'kubectl' && !/ (apply|create|delete|replace|patch|cordon|drain|label|taint) /.test(` ${args} `)) ||
  (program === 'systemctl' && !/\b(start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)\b/.test(args)) ||
  (program === 'sed' && !/(^| )-i/.test(args)) ||
  (program === 'apt-mark' && /^show/.test(args)) ||
  (program === 'sysctl' && /^-n/.test(args));

/** As a machine is whose packages were installed and nothing else; with a swap that would come back at boot. */
const strip = `rm -f /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/99-kubernetes.conf /etc/containerd/config.toml \
  /etc/fstab.* /etc/apt/sources.list.d/kubernetes.list
  printf '/swapfile none swap sw 0 0\\n' >/etc/fstab; rm -rf /root/.kube
  apt-mark unhold kubelet kubeadm kubectl >/dev/null 2>&1; systemctl disable --now kubelet containerd >/dev/null 2>&1; true`;

const state = `for f in /etc/modules-load.d/kubernetes.conf /etc/sysctl.d/99-kubernetes.conf /etc/containerd/config.toml \
    /etc/fstab /etc/apt/sources.list.d/kubernetes.list /etc/apt/keyrings/kubernetes.asc /var/lib/kubelet/config.yaml; do
    stat -c '%n %a %U %G' $f; sha256sum <$f; done
  find /etc/kubernetes /root/.kube -type f ! -path '*/cache/*' -printf '%p %m %u\\n' | sort
  apt-mark showhold | sort; systemctl is-enabled kubelet containerd; systemctl is-active kubelet containerd; swapon --show`;

/** What may be left of a run nowhere: besides temporary files and locks, jobs of kubeadm, and tokens in files. */
const left = (secrets: readonly string[]) => `${everyWay.leftovers}
  ls -d /run/kprov/kubeadm-* /var/lib/kprov/kubeadm-unfinished /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null
  ${secrets.map((secret) => `grep -rlF ${secret} /run/kprov /var/lib/kprov /var/log/kprov /etc /root /tmp /var/tmp /var/lib/kubelet/*.* 2>/dev/null`).join('\n')}
  ps -eo args | grep -E '^(sh -c umask|kubeadm)'; true`;

describe('kprov is killed at every step of cluster.yml, and what comes next converges', () => {
  const planOf = makePlans();
  const gates = new Gates(programs);
  const most = Number(process.env.KPROV_KILL_POINTS ?? 40);
  preparedHosts();
  beforeAll(() => gates.open());
  afterAll(() => gates.close());

  /** Tokens that let nodes join, made by whichever run. */
  const joinTokens = (): string[] =>
    kubectl('-n kube-system get secrets --field-selector type=bootstrap.kubernetes.io/token -o name')
      .split('\n')
      .filter(Boolean)
      .filter(
        (name) => kubectl(`-n kube-system get ${name} -o 'jsonpath={.data.usage-bootstrap-authentication}'`) !== '',
      );

  function expectNothingLeft(hosts: readonly BedHost[]): void {
    const tokens = joinTokens();
    // One for those who joined: a killed run's is used by the next.
    expect(tokens.length).toBeLessThanOrEqual(1);
    const secrets = tokens.map((name) =>
      Buffer.from(kubectl(`-n kube-system get ${name} -o 'jsonpath={.data.token-secret}'`), 'base64').toString(),
    );
    for (const host of hosts) expect({ host, left: past(host, left(secrets)) }).toEqual({ host, left: '' });
  }

  /** Points of a run that are the same: numbers and names of temporary files aside. */
  const keyOf = ({ host, when, program, args }: Question): string =>
    [host, when, program, args.replaceAll(/\.kprov-\S+|tmp\.\S+|gpghome\.\S+|\d+/g, '*')].join(' ');

  let run: Running | undefined;
  /** Runs with gates before what changes those hosts. */
  async function runGated(plan: Plan, hosts: readonly BedHost[], decide: (question: Question) => Fate): Promise<Ended> {
    gates.decide = (question) => (isLook(question) ? 'go' : decide(question));
    for (const host of hosts) gates.put(host);
    try {
      run = up(plan);
      return await run.ended;
    } finally {
      gates.decide = () => 'go';
      for (const host of hosts) gates.remove(host);
    }
  }

  /**
   * Runs again and again; each run is killed where it changes something that no run was killed at before (of so many such
   * places one), every other time together with the shell on the host, until one gets through. Gives those places.
   */
  async function killAtEachStep(plan: Plan, hosts: readonly BedHost[], stride: number): Promise<string[]> {
    const seen = new Set<string>();
    const points: string[] = [];
    for (;;) {
      let isKilled = false;
      const ended = await runGated(plan, hosts, (question) => {
        const key = keyOf(question);
        if (isKilled || seen.has(key)) return 'go';
        seen.add(key);
        if (seen.size % stride !== 0) return 'go';
        isKilled = true;
        points.push(key.slice(0, 150));
        run?.child.kill('SIGKILL');
        // kubeadm that is killed is another test's.
        return points.length % 2 === 0 && question.program !== 'kubeadm' ? 'die' : 'go';
      });
      if (ended.signal === 'SIGKILL') continue;
      if (ended.code !== 0) throw new Error(`after ${points.at(-1)}: ${ended.stdout.slice(-3000)}\n${ended.stderr}`);
      return points;
    }
  }

  async function expectSameAfterKills(groups: Groups, swept: readonly BedHost[], begin: () => Promise<void>) {
    const plan = planOf(groups);
    await begin();
    for (const host of swept) past(host, strip);
    const places = new Set<string>();
    expectWell(
      await runGated(plan, swept, (question) => {
        places.add(keyOf(question));
        return 'go';
      }),
    );
    const wanted = swept.map((host) => past(host, state));
    await begin();
    for (const host of swept) past(host, strip);
    const points = await killAtEachStep(plan, swept, Math.ceil(places.size / most));
    if (process.env.KPROV_SHOW_POINTS) process.stdout.write(`${points.join('\n')}\n`);
    expect(swept.map((host) => past(host, state))).toEqual(wanted);
    const all = [...groups.control_plane, ...groups.workers].sort();
    expect(readyNodes()).toEqual(all);
    expectNothingLeft(all);
    const again = await up(plan).ended;
    expectWell(again);
    expect(again.stdout).not.toMatch(/changed=[1-9]/);
    expect(points.length).toBeGreaterThan(Math.min(most, places.size) / 2);
    return `${points.length} tried of ${places.size}, each passed by the next run, converged`;
  }

  test(
    'workers: before and after each command that changes them, every other time with the shell on the host',
    async () => {
      await have({ control_plane: ['node1'], workers: [] });
      const said = await expectSameAfterKills(
        { control_plane: ['node1'], workers: ['node2', 'node3'] },
        ['node2', 'node3'],
        () => have({ control_plane: ['node1'], workers: [] }),
      );
      figure(`kill points of cluster.yml on workers: ${said}`);
    },
    30 * minutes,
  );

  test(
    'the first control plane: from the first command to the last, kubeadm init and the pod network among them',
    async () => {
      const said = await expectSameAfterKills({ control_plane: ['node1'], workers: [] }, ['node1'], () =>
        takeDown('node1', 'node2', 'node3'),
      );
      figure(`kill points of cluster.yml on the control plane: ${said}`);
    },
    30 * minutes,
  );

  lengthy(
    'before it is sent, sent and not answered: at any byte in either direction, each time followed by a run that converges',
    async () => {
      const groups: Groups = { control_plane: ['node1'], workers: ['node2'] };
      await have(groups);
      const plan = planOf(groups, { drain: false });
      const proxy = await FaultyLine.before('node2');
      const run = () => upThrough(proxy, 'node2', groups, plan);
      const leave = async () => {
        expectWell(await reset(plan, 'node2'));
        past('node2', strip);
        proxy.bytes.up = 0;
        proxy.bytes.down = 0;
      };
      try {
        await leave();
        expectWell(await run().ended);
        const full = { ...proxy.bytes };
        const wanted = past('node2', state);
        let tried = 0;
        const each = Math.max(1, Math.ceil(most / 12));
        for (const direction of ['up', 'down'] as const) {
          for (let point = 0; point < each; point++) {
            await leave();
            const bytes = Math.ceil(((point + 0.6) * full[direction]) / each);
            let killed: Running | undefined;
            proxy.breakAt = { direction, bytes, how: () => void killed?.child.kill('SIGKILL') };
            killed = run();
            if ((await killed.ended).signal === 'SIGKILL') tried++;
            proxy.breakAt = undefined;
            expectWell(await run().ended);
            expect({ direction, bytes, state: past('node2', state) }).toEqual({ direction, bytes, state: wanted });
            expectNothingLeft(['node1', 'node2']);
          }
        }
        expect(tried).toBeGreaterThanOrEqual(each);
        figure(`kill points of cluster.yml at bytes: ${tried} tried, converged: all`);
      } finally {
        proxy.close();
      }
    },
    30 * minutes,
  );
});
