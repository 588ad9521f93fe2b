import { execFileSync } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { jest } from '@jest/globals';
import { readConfigFiles } from '../../src/transport/config/read-config-files.js';
import { resolveHost } from '../../src/transport/config/resolve-host.js';
import { SshBed } from './sshd.js';

// Processes and handshakes of a busy machine take their time.
jest.setTimeout(60_000);

describe('ssh_config beside the real ssh', () => {
  const bed = new SshBed();
  afterAll(() => bed.close());

  const config = bed.write(
    'config',
    [
      `Include ${bed.path('conf.d')}/*.conf`,
      'Host a* !ab',
      '  HostName %h.x',
      '  User u1',
      '  Port 3',
      'Host *b',
      '  User u2',
      '  IdentityFile /k',
      'Match user u2',
      '  Port 9',
      'Match originalhost abc,b !user u2',
      '  HostKeyAlias other',
      'Host *',
      '  HashKnownHosts yes',
      '  ConnectTimeout 1m5s',
      '  ServerAliveInterval=7',
      '  StrictHostKeyChecking accept-new # like new ones',
      '  IdentityFile "/k 2"',
    ].join('\n'),
  );
  bed.write('conf.d/1.conf', 'Host inc*\n  Port 77\n');
  bed.write('conf.d/2.conf', 'Host inc*\n  Port 78\n  User second\n');
  bed.write('conf.d/3.other', 'Port 79\n');

  test.each(['a', 'ab', 'b', 'abc', 'included', 'z'])('%s gets the same settings', (name) => {
    const said = execFileSync('ssh', ['-G', '-F', config, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const value = (keyword: string) => new RegExp(`^${keyword} (.*)$`, 'm').exec(said)?.[1];
    const { lists, diagnostics } = readConfigFiles(bed.dir, config);
    expect(diagnostics).toEqual([]);
    const localUser = userInfo().username;
    const { host } = resolveHost(name, { homeDir: bed.dir, localUser, localHostName: hostname(), env: {}, lists });
    expect({
      host: host.host,
      port: host.port,
      user: host.user,
      hash: host.hashKnownHosts,
      alias: host.hostKeyAlias,
      timeout: host.connectTimeoutMs,
      alive: host.keepaliveIntervalMs,
      checking: host.hostKeyChecking,
      keys: host.identityFiles.map(({ path }) => path),
    }).toEqual({
      host: value('hostname'),
      port: Number(value('port')),
      user: value('user'),
      hash: value('hashknownhosts') === 'yes',
      alias: value('hostkeyalias'),
      timeout: Number(value('connecttimeout')) * 1000,
      alive: Number(value('serveraliveinterval')) * 1000,
      checking: value('stricthostkeychecking'),
      keys: [...said.matchAll(/^identityfile (.*)$/gm)].map(([, path]) => path?.replace(/^"|"$/g, '')),
    });
  });
});
