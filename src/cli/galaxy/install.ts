import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nodeFiles } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import { isMapping, type Value } from '../../values/index.js';
import { parseYaml } from '../../yaml/index.js';
import { clone } from './git.js';
import { type Requirement, readRequirements } from './requirements.js';

export interface InstallOptions {
  /** Where roles go. */
  directory: string;
  /** Roles that are there already are replaced. */
  force: boolean;
  withDependencies: boolean;
  keepsGit: boolean;
  say(line: string): void;
}

const INFO = join('meta', '.galaxy_install_info');

function installedVersion(role: string): string | undefined {
  try {
    const value = parseYaml(readFileSync(join(role, INFO), 'utf8'), INFO).documents[0]?.value;
    return isMapping(value ?? null) ? String((value as { version?: Value }).version ?? '') : undefined;
  } catch {
    return undefined;
  }
}

const shown = ({ name, version }: Requirement): string => (version === undefined ? name : `${name} (${version})`);

async function bring({ kind, source, version }: Requirement, directory: string): Promise<void> {
  if (kind === 'git') {
    await clone(source, directory, version);
    return;
  }
  const path = resolve(source.replace(/^~(?=\/)/, process.env.HOME ?? '~'));
  if (nodeFiles.kind(path) !== 'directory') throw new KprovError('file-not-found', `there is no directory ${source}`);
  cpSync(path, directory, { recursive: true, verbatimSymlinks: true });
}

/** A role is brought beside its place and moved there when it is whole. */
async function place(requirement: Requirement, target: string, { directory, keepsGit }: InstallOptions): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const aside = mkdtempSync(join(directory, '.kprov-galaxy-'));
  try {
    const fresh = join(aside, 'role');
    await bring(requirement, fresh);
    if (
      !['tasks', 'meta', 'handlers', 'defaults', 'vars', 'files', 'templates'].some((name) =>
        existsSync(join(fresh, name)),
      )
    ) {
      throw new KprovError('no-role', `${requirement.source} is no role`, {
        why: 'it has none of tasks, meta, handlers, defaults, vars, files and templates',
      });
    }
    if (!keepsGit) rmSync(join(fresh, '.git'), { recursive: true, force: true });
    mkdirSync(join(fresh, 'meta'), { recursive: true });
    const info = `install_date: '${new Date().toUTCString()}'\nversion: ${JSON.stringify(requirement.version ?? '')}\n`;
    writeFileSync(join(fresh, INFO), info);
    if (existsSync(target)) renameSync(target, join(aside, 'before'));
    renameSync(fresh, target);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Roles that a role needs and that say where they come from; others are left to whoever has them. */
function dependenciesOf(role: string, { say }: InstallOptions): Requirement[] {
  const found: Requirement[] = [];
  const own = join(role, 'meta', 'requirements.yml');
  if (existsSync(own))
    found.push(...readRequirements({ file: own, roles: [], skipsCollections: true }, nodeFiles).requirements);
  const main = ['yml', 'yaml'].map((end) => join(role, 'meta', `main.${end}`)).find((path) => existsSync(path));
  const value = main === undefined ? undefined : parseYaml(readFileSync(main, 'utf8'), main).documents[0]?.value;
  const list = isMapping(value ?? null) ? (value as { dependencies?: Value }).dependencies : undefined;
  for (const item of Array.isArray(list) ? list : []) {
    const name = isMapping(item) ? (item.src ?? item.role ?? item.name) : item;
    const text = typeof name === 'string' ? name : '';
    try {
      const version = isMapping(item) && item.version != null ? `,${String(item.version)}` : '';
      const alias =
        isMapping(item) && item.src != null && item.name != null
          ? `${version === '' ? ',' : ''},${String(item.name)}`
          : '';
      const { requirements } = readRequirements(
        { roles: [`${text}${version}${alias}`], skipsCollections: true },
        nodeFiles,
      );
      found.push(...requirements);
    } catch (error) {
      if (!(error instanceof KprovError)) throw error;
      say(`- dependency ${text} names no source; it is left to whoever has it`);
    }
  }
  return found;
}

/** Installs roles and, where wanted, what they depend on. Throws KprovError for the first that cannot be had. */
export async function installRoles(requirements: readonly Requirement[], options: InstallOptions): Promise<void> {
  const waiting = [...requirements];
  const seen = new Set<string>();
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (seen.has(next.name)) continue;
    seen.add(next.name);
    const target = join(options.directory, next.name);
    const before = existsSync(target) ? (installedVersion(target) ?? 'unknown version') : undefined;
    if (before !== undefined && !options.force) {
      const other = next.version !== undefined && next.version !== before;
      options.say(
        other
          ? `- ${next.name} (${before}) is already installed - use --force to change version to ${next.version}`
          : `- ${shown(next)} is already installed, skipping.`,
      );
    } else {
      options.say(`- ${next.kind === 'git' ? 'cloning' : 'copying'} ${next.source}`);
      await place(next, target, options);
      options.say(`- ${shown(next)} was installed successfully`);
    }
    if (options.withDependencies) waiting.push(...dependenciesOf(target, options));
  }
}
