import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { addressOf, type BedHost, readBed } from '../lab/bed.js';

export interface Groups {
  readonly control_plane: readonly BedHost[];
  readonly workers: readonly BedHost[];
}

/** An inventory of the bed's hosts in other groups, with variables beside it; in a folder that `remove` takes away. */
export class Plan {
  readonly directory = mkdtempSync(join(tmpdir(), 'kprov-cluster-'));
  readonly inventory = join(this.directory, 'hosts.ini');

  /** `sshArgs` go behind the bed's own options of ssh. */
  constructor(
    groups: Groups,
    variables: object = {},
    readonly sshArgs = '',
  ) {
    const bed = readBed();
    // The bed's own variables first.
    cpSync(join(bed.inventoryFile, '../group_vars/all.yml'), join(this.directory, 'group_vars/all/bed.yml'));
    this.set(variables);
    this.regroup(groups);
  }

  /** Who is what, from the next run on. `hostVars` go behind the host's line. */
  regroup(groups: Groups, hostVars: Partial<Record<BedHost, string>> = {}): void {
    const bed = readBed();
    const lines = Object.entries(groups).flatMap(([group, hosts]: [string, readonly BedHost[]]) => [
      `[${group}]`,
      ...hosts.map((host) => `${host} ansible_host=${addressOf(bed, host)} ${hostVars[host] ?? ''}`),
    ]);
    writeFileSync(
      this.inventory,
      `${lines.join('\n')}\n[all:vars]\nansible_user=root\nansible_ssh_private_key_file=${bed.privateKeyFile}\nansible_ssh_common_args="-o UserKnownHostsFile=${bed.knownHostsFile} ${this.sshArgs}"\n`,
    );
  }

  set(variables: object): void {
    writeFileSync(join(this.directory, 'group_vars/all/test.yml'), JSON.stringify(variables));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The members of etcd, as the one on that node knows them, a line each. An exec whose stream breaks never ends by itself. */
export function memberList(node: BedHost): string {
  const pki = '/etc/kubernetes/pki/etcd';
  const etcdctl = `etcdctl --cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key`;
  const kubectl = 'timeout 12 kubectl --kubeconfig /etc/kubernetes/admin.conf';
  return `list() { ${kubectl} -n kube-system exec etcd-${node} -- ${etcdctl} member list; }; list || list`;
}

/** A CA as a user would bring one: valid for a year, with its own name. */
export function makeCa(name: string): { certificate: string; key: string } {
  const pem = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pem.publicKey);
  certificate.serialNumber = '01';
  const day = 86_400_000;
  certificate.validity.notBefore = new Date(Date.now() - day);
  certificate.validity.notAfter = new Date(Date.now() + 365 * day);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(pem.privateKey), forge.md.sha256.create());
  // kubeadm writes lines without carriage returns; what it copies to other nodes is compared with this.
  return { certificate: forge.pki.certificateToPem(certificate).replaceAll('\r', ''), key: pem.privateKey };
}
