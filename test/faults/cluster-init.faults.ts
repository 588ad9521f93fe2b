import type { Groups } from '../cluster/plan.js';
import {
  ca,
  expectWell,
  killedAt,
  makePlans,
  minutes,
  preparedHosts,
  readyNodes,
  takeDown,
  up,
  upThrough,
} from './cluster-support.js';
import { FaultyLine, figure, on, until } from './support.js';

describe('kubeadm init in trouble', () => {
  const planOf = makePlans();
  preparedHosts();

  const isShort = process.env.KPROV_FAULTS === 'short';
  const phases = {
    'before its API server is up': [
      '[preflight] Running',
      '[certs] Generating "apiserver"',
      '[kubeconfig] Writing "kubelet.conf"',
      '[kubelet-start] Starting',
      '[control-plane] Creating static Pod manifest for "kube-scheduler"',
      '[etcd] Creating',
      '[wait-control-plane] Waiting',
    ],
    'when its API server is up': [
      '[apiclient] All control plane components are healthy',
      '[upload-config] Storing',
      '[mark-control-plane] Marking',
      '[bootstrap-token] Configuring',
      '[addons] Applied essential addon: CoreDNS',
    ],
  };

  test.each(Object.entries(phases))(
    'kubeadm init that is killed in each of its phases %s, one run after the other, is taken back and ends as one cluster',
    async (_, all) => {
      await takeDown('node1');
      const plan = planOf({ control_plane: ['node1'], workers: [] });
      const wanted = all.filter((_, index) => !isShort || index === 1);
      /** Ends kubeadm in that phase; again from a bare host where it was through before it could be met. */
      async function endIn(phase: string): Promise<void> {
        for (let tries = 0; tries < 4; tries++) {
          const running = up(plan);
          const isKilled = await killedAt(running, 'node1', 'init', phase);
          const { code } = await running.ended;
          expect({ phase, isKilled, code }).toEqual({ phase, isKilled, code: isKilled ? 2 : 0 });
          if (isKilled) return;
          await takeDown('node1');
        }
        throw new Error(`kubeadm was not met in ${phase}`);
      }
      for (const phase of wanted) await endIn(phase);
      expectWell(await up(plan).ended);
      expect(readyNodes()).toEqual(['node1']);
      expect(on('node1', 'ls /var/lib/kprov/kubeadm-unfinished /run/kprov/kubeadm-init 2>/dev/null || true')).toBe('');
      figure(`phases of kubeadm init survived: ${wanted.length} of ${wanted.length}`);
    },
    20 * minutes,
  );

  /** Waits for the middle of kubeadm init, and gives the CA that it has made. */
  async function amidInit(): Promise<string> {
    const said = () => on('node1', 'cat /run/kprov/kubeadm-init/output 2>/dev/null || true');
    await until(() => said().includes('[kubeconfig]'), 2 * minutes);
    return ca();
  }

  /** One init was begun, it ended well, and nobody took back what it made. */
  function expectOneInit(made: string): void {
    expect(readyNodes()).toEqual(['node1']);
    expect(ca()).toBe(made);
    const log = on('node1', "grep '^---' /var/log/kprov/kubeadm-init.log");
    expect(log).toMatch(/^--- .* kubeadm init .*\n--- exit code 0\n$/);
  }

  test(
    'kprov killed in the middle of kubeadm init: the next run waits for the one that is under way',
    async () => {
      await takeDown('node1');
      on('node1', 'rm -f /var/log/kprov/kubeadm-init.log');
      const plan = planOf({ control_plane: ['node1'], workers: [] });
      const first = up(plan);
      const made = await amidInit();
      first.child.kill('SIGKILL');
      await first.ended;
      expectWell(await up(plan).ended);
      expectOneInit(made);
    },
    8 * minutes,
  );

  test(
    'the connection cut in the middle of kubeadm init: the same run connects again and picks up its result',
    async () => {
      await takeDown('node1');
      on('node1', 'rm -f /var/log/kprov/kubeadm-init.log');
      const groups: Groups = { control_plane: ['node1'], workers: [] };
      const line = await FaultyLine.before('node1');
      try {
        const running = upThrough(line, 'node1', groups, planOf(groups));
        const made = await amidInit();
        line.cut();
        expectWell(await running.ended);
        expect(line.connections).toBeGreaterThan(1);
        expectOneInit(made);
      } finally {
        line.close();
      }
    },
    8 * minutes,
  );

  test(
    'the connection cut in the middle of the pull of images, and its shell killed: they are pulled once, and the same run goes on with init',
    async () => {
      await takeDown('node1');
      // The bed has no registry: in place of what kubeadm pulls from it stands a wait.
      on(
        'node1',
        `rm -f /var/log/kprov/kubeadm-*.log /run/faults-*
cat >/usr/local/bin/kubeadm <<'KUBEADM'
#!/bin/sh
case "$*" in
'config images pull '*)
  echo pulled >>/run/faults-pulls; i=0
  until [ -e /run/faults-go ] || [ $i -gt 300 ]; do i=$((i+1)); sleep 0.2; done
  exit ;;
'init '*) exec /usr/bin/kubeadm "$@" --ignore-preflight-errors=ImagePull ;;
esac
exec /usr/bin/kubeadm "$@"
KUBEADM
chmod 755 /usr/local/bin/kubeadm`,
      );
      const groups: Groups = { control_plane: ['node1'], workers: [] };
      const line = await FaultyLine.before('node1');
      const shells = () => on('node1', "pgrep -f '^(/bin/)?sh -s$' || true").split('\n').filter(Boolean);
      try {
        const running = upThrough(line, 'node1', groups, planOf(groups, { ignore_preflight_errors: [] }));
        await until(() => on('node1', 'cat /run/faults-pulls 2>/dev/null || true') !== '', 2 * minutes);
        line.cut();
        await until(() => shells().length > 1);
        const lost = shells();
        on('node1', `kill -KILL ${lost.join(' ')}`);
        await until(() => shells().some((pid) => !lost.includes(pid)));
        on('node1', 'sleep 2; : >/run/faults-go');
        expectWell(await running.ended);
        expect(line.connections).toBeGreaterThan(1);
        expect(readyNodes()).toEqual(['node1']);
        expect(on('node1', 'cat /run/faults-pulls')).toBe('pulled\n');
        for (const verb of ['config images pull', 'init']) {
          const log = on('node1', `grep '^---' /var/log/kprov/kubeadm-${verb === 'init' ? verb : 'pull'}.log`);
          expect(log).toMatch(RegExp(`^--- .* kubeadm ${verb} .*\\n--- exit code 0\\n$`));
        }
        expect(on('node1', 'ls -d /run/kprov/kubeadm-* 2>/dev/null || true')).toBe('');
      } finally {
        line.close();
        on('node1', 'rm -f /usr/local/bin/kubeadm /run/faults-*');
      }
    },
    8 * minutes,
  );
});
