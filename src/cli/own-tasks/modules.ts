import { readFileSync } from 'node:fs';
import {
  type ForeignSource,
  foreignTask,
  interpreterOf,
  isShipped,
  type Refusal,
  styleOf,
  type Task,
} from '../../tasks/index.js';
import { type Packed, type PythonModule, packModules } from './pack.js';

/** What a module is told where no Ansible packed it. */
const ANSIBLE_VERSION = '2.17.0';

interface Found extends PythonModule {
  content: Buffer;
}

/** Modules of the user's. Those in Python are packed when the first of them is asked for, all at once. */
export class ForeignModules {
  readonly #sources = new Map<string, ForeignSource>();
  readonly #python = new Map<string, Found>();
  readonly #packed = new Map<string, Packed | Refusal>();
  readonly #utils: ReadonlySet<string>;

  /** `utils`: folders of module_utils, as far as they are known when a module is packed. */
  constructor(utils: ReadonlySet<string>) {
    this.#utils = utils;
  }

  get sources(): ReadonlyMap<string, ForeignSource> {
    return this.#sources;
  }

  /** The first file of a name counts. */
  add({ name, path }: PythonModule): void {
    if (this.#sources.has(name)) return;
    let made: Task | Refusal | undefined;
    this.#sources.set(name, () => {
      made ??= this.#make({ name, path, content: readFileSync(path) });
      return made;
    });
    if (path.endsWith('.py')) this.#python.set(path, { name, path, content: Buffer.alloc(0) });
  }

  #make(found: Found): Task | Refusal {
    const { name, path: file, content } = found;
    const style = styleOf(content);
    const about = {
      name: isShipped(name) ? `ansible.legacy.${name}` : name,
      file,
      content,
      style,
      version: ANSIBLE_VERSION,
    };
    if (style === 'powershell' || file.endsWith('.ps1'))
      return { why: `${file} is a module in PowerShell, and kprov prepares Linux hosts` };
    if (style === 'python') {
      const packed = this.#pack(found);
      if ('why' in packed) return packed;
      return foreignTask({ ...about, packed, version: packed.version });
    }
    if (style !== 'binary' && interpreterOf(content) === undefined) {
      const fix = 'begin it with #! and the program that runs it';
      return { why: `${file}: module (${name}) is missing interpreter line`, fix };
    }
    return foreignTask(about);
  }

  #pack(module: Found): Packed | Refusal {
    const known = this.#packed.get(module.path);
    if (known !== undefined) return known;
    const others = [...this.#python.values()].filter(
      ({ path }) => path !== module.path && !this.#packed.has(path) && styleOf(readFileSync(path)) === 'python',
    );
    const wanted = [module, ...others].map(({ name, path }) => ({ name, path }));
    for (const [path, packed] of packModules(wanted, [...this.#utils])) this.#packed.set(path, packed);
    return this.#packed.get(module.path) ?? { why: `${module.path} was not packed` };
  }
}
