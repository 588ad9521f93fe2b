import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { BedHost } from '../lab/bed.js';
import { dockerOf, on } from './support.js';

/** Stands before a program that changes a host: asks the test what is to become of the run, before and after. */
const gate = (address: string, port: number, host: BedHost) => `#!/bin/bash
name=${'${0##*/}'}
real=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin type -P "$name")
ask() {
  { exec 8<>/dev/tcp/${address}/${port}; } 2>/dev/null || return 0
  echo "${host} $*" >&8
  read -r what <&8
  exec 8>&-
  [ "$what" != die ] || { pkill -KILL -f '^(/bin/)?sh -s$'; kill -KILL $$; }
}
ask before "$name" ${'"${*//[[:space:]]/ }"'}
"$real" "$@"
rc=$?
ask after "$name" ${'"${*//[[:space:]]/ }"'}
exit $rc
`;

export interface Question {
  readonly host: BedHost;
  readonly when: 'before' | 'after';
  readonly program: string;
  readonly args: string;
}

/** What is to become of the shell that runs the program: it waits for the answer. */
export type Fate = 'go' | 'die';

/** Gates before programs of hosts. `decide` is asked each time; it may kill the run before it answers. */
export class Gates {
  decide: (question: Question) => Fate = () => 'go';
  readonly #programs: readonly string[];
  readonly #server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (asked) => {
      const [host, when, program = '', ...args] = asked.toString().trim().split(' ');
      const question = { host: host as BedHost, when: when as Question['when'], program, args: args.join(' ') };
      socket.end(`${this.decide(question)}\n`);
    });
  });

  constructor(programs: string) {
    this.#programs = programs.split(' ');
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '0.0.0.0', resolve));
  }

  close(): void {
    this.#server.close();
  }

  put(host: BedHost): void {
    const networks = '{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}';
    const [gateway = ''] = execFileSync('docker', ['inspect', '-f', networks, dockerOf(host)])
      .toString()
      .split(' ');
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    on(
      host,
      `cd /usr/local/bin && cat >.gate <<'GATE'\n${gate(gateway, port, host)}GATE\nchmod 755 .gate; for p in ${this.#programs.join(' ')}; do /bin/cp .gate $p; done; /bin/rm .gate`,
    );
  }

  remove(host: BedHost): void {
    past(host, `cd /usr/local/bin && /bin/rm -f ${this.#programs.join(' ')}`);
  }
}

/** A command past the gates: they are answered by this very process, which waits. */
export const past = (host: BedHost, command: string): string =>
  on(host, `PATH=/usr/sbin:/usr/bin:/sbin:/bin; export PATH\n${command}`);

/** At most `most` numbers from 0 to `count`, evenly spread. */
export const spread = (count: number, most: number): number[] => [
  ...new Set(Array.from({ length: Math.min(count, most) }, (_, i) => Math.floor((i * count) / Math.min(count, most)))),
];
