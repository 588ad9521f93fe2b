import { DAEMON_JSON } from '../../kubernetes/docker.js';
import { joinScripts } from '../../shell/index.js';
import { type Diff, defineTask, program } from '../task.js';
import { plainFields } from './parts/report.js';
import { containerdText, parameters } from './parts/runtime-options.js';
import { containerdScript, dockerProgram, install } from './parts/runtime-scripts.js';

export const containerRuntime = defineTask({
  name: 'container_runtime',
  collection: 'kprov.kubernetes',
  summary: 'Installs and configures the container runtime: containerd or Docker.',
  description:
    'containerd gets a config of its own (by the schema of its version) with cgroup driver, sandbox image and mirrors. For Docker the settings are merged into daemon.json; from Kubernetes 1.24 on it needs cri-dockerd beside it (packages).',
  parameters,
  returns: { version: "the runtime's version, where it is known", config: 'the configuration that was written' },
  example: `- name: containerd from the distribution, with a mirror of Docker Hub
  container_runtime:
    name: containerd
    kubernetes_version: "1.35"
    mirrors:
      - {registry: docker.io, endpoints: [https://mirror.example]}

- name: Docker
  container_runtime: {name: docker, log_options: {max-size: 50m}}`,
  inCheckMode: 'predicts',
  compile: (args) => {
    if (args.name === 'docker') return dockerProgram(args);
    return program(joinScripts([install(args), containerdScript(args)]));
  },
  interpret: (report, args) => {
    const result = plainFields(report, ['version', 'msg', 'cmd', 'output']);
    const isDocker = args.name === 'docker';
    const after = isDocker
      ? report.text('daemon_json_after')
      : containerdText(args, report.text('schema') === '3' ? '2.0.0' : '1.6.0');
    if (after !== undefined) result.config = after;
    const before = report.text('before');
    const header = isDocker ? DAEMON_JSON : args.config_path;
    const diff: Diff[] =
      before === undefined || after === undefined ? [] : [{ before, after, beforeHeader: header, afterHeader: header }];
    return { result, diff };
  },
});
