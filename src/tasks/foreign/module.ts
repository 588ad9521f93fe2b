import { Buffer } from 'node:buffer';
import { basename } from 'node:path';
import { joinScripts, type Script, sh } from '../../shell/index.js';
import type { Mapping, Value } from '../../values/index.js';
import { defineTask, type Outcome, type Program, program, type Task, type TaskContext } from '../task.js';
import { internals, jsonText, pythonLiteral, wordsText } from './arguments.js';
import { readResult } from './result.js';
import { interpreterOf, JSON_PLACE, knowsCheckMode, type ModuleStyle } from './style.js';

/** A module of the user's that is no task of kprov's: an executable in any language. */
export interface ForeignModule {
  /** `ansible.legacy.NAME` where a task that ships has the name. */
  name: string;
  /** On the control machine. */
  file: string;
  style: ModuleStyle;
  content: Buffer;
  /** Python with its module_utils in one file; `place` stands where the arguments go, a literal of Python. */
  packed?: {
    text: string;
    place: string;
    /** The arguments of Ansible's own that it knows; any other would be refused. */
    internals: readonly string[];
  };
  /** Of Ansible, as the module is told it. */
  version: string;
}

/** Above this, or where it is no text, the file is sent ahead. */
const MAX_INLINE_BYTES = 1024 * 1024;

const isText = (content: Buffer): boolean =>
  !content.includes(0) && content.equals(new TextEncoder().encode(content.toString('utf8')));

const folder = sh`kp_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }`;

/** Looked for where the distribution has it first: its bindings to the package manager belong to that one. */
const findPython = (module: ForeignModule): Script => sh`
kp_python=
for kp_i in /usr/bin/python3 python3 /usr/libexec/platform-python python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python; do
  command -v "$kp_i" >/dev/null 2>&1 || continue
  kp_python=$kp_i
  break
done
if [ -z "$kp_python" ]; then
  kp_set hint 'install python3 with a task before it, or say where it is in ansible_python_interpreter'
  kp_fail ${`the module ${module.name} (${module.file}) is Python, and there is no Python on this host`}
  return 1
fi`;

interface Interpreter {
  before?: Script;
  words: Script;
  /** As the failure of one that is not there is told. */
  named: string;
}

/** What runs it: its first line, `ansible_NAME_interpreter` in place of that; a binary runs itself. */
function interpreterFor(module: ForeignModule, context: TaskContext): Interpreter {
  if (module.style === 'binary') return { words: sh``, named: '' };
  const [path = '/usr/bin/python', ...options] = interpreterOf(module.content) ?? [];
  const name = basename(path);
  const given = context.variable(`ansible_${name}_interpreter`);
  const isFound = name === 'python' && (typeof given !== 'string' || /^(?:auto(?:_legacy)?(?:_silent)?)?$/.test(given));
  if (isFound) return { before: findPython(module), words: sh`"$kp_python" ${options}`, named: '' };
  const words = typeof given === 'string' && given.trim() !== '' ? given.trim().split(/\s+/) : [path];
  return { words: sh`${[...words, ...options]}`, named: words[0] ?? '' };
}

/** The module's text with the arguments filled in, and the file of arguments that goes beside it. */
function filledIn(module: ForeignModule, args: Mapping): { text?: string; file?: string } {
  const json = jsonText(args);
  switch (module.style) {
    case 'python': {
      const { text = '', place = '' } = module.packed ?? {};
      return { text: text.replace(place, () => pythonLiteral(jsonText({ ANSIBLE_MODULE_ARGS: args }))) };
    }
    case 'jsonArguments':
      return {
        text: module.content
          .toString('utf8')
          .replaceAll('"<<INCLUDE_ANSIBLE_MODULE_COMPLEX_ARGS>>"', () => pythonLiteral(json))
          .replaceAll('"<<INCLUDE_ANSIBLE_VERSION>>"', () => pythonLiteral(module.version))
          .replaceAll(JSON_PLACE, () => json),
      };
    case 'wordsFile':
      return { file: wordsText(args) };
    default:
      return { file: json };
  }
}

const cannotWrite = sh`{ rm -rf -- "$kp_folder"; kp_fail 'cannot write the module on the host'; return 1; }`;

/** The module is there; its arguments beside it, what it prints reported, both removed. */
function run(words: Script, named: string, file: string | undefined): Script {
  return joinScripts([
    file !== undefined && sh`printf %s ${file} >"$kp_folder/args" || ${cannotWrite}`,
    sh`(
  kp_enter '' ${words} "$kp_folder/module" ${file === undefined ? sh`` : sh`"$kp_folder/args"`}
) >"$kp_folder/stdout" 2>"$kp_folder/stderr"
kp_set module_rc "$?"
kp_set interpreter ${named}
kp_open module_stdout
cat <"$kp_folder/stdout"
kp_close
kp_open module_stderr
cat <"$kp_folder/stderr"
kp_close
rm -rf -- "$kp_folder"`,
  ]);
}

function compile(module: ForeignModule, given: Mapping, context: TaskContext): Program | Outcome {
  if (context.checkMode && !knowsCheckMode(module.content, module.style)) {
    return {
      status: 'skipped',
      result: { msg: `${module.name} is left out in check mode, of which it does not know` },
      incomplete: true,
    };
  }
  const args = { ...given, ...internals(module, context) };
  const { before, words, named } = interpreterFor(module, context);
  const filled = filledIn(module, args);
  const begin = [!context.checkMode && sh`kp_apply`, before, folder] as const;
  const text = filled.text ?? (isText(module.content) ? module.content.toString('utf8') : undefined);
  if (text !== undefined && module.style !== 'binary' && text.length <= MAX_INLINE_BYTES) {
    const put = sh`printf %s ${text} >"$kp_folder/module" || ${cannotWrite}`;
    return program(joinScripts([...begin, put, run(words, named, filled.file)]));
  }
  const content = text === undefined ? module.content : Buffer.from(text);
  return program(joinScripts([...begin, sh`kp_set folder "$kp_folder"`, before && sh`kp_set python "$kp_python"`]), {
    next: (report) => {
      const made = report.text('folder');
      if (made === undefined) return undefined;
      const python = report.text('python');
      const script = joinScripts([
        sh`kp_folder=${made}`,
        python !== undefined && sh`kp_python=${python}`,
        sh`chmod 700 -- "$kp_folder/module" || ${cannotWrite}`,
        run(words, named, filled.file),
      ]);
      return program(script, { uploads: [{ path: `${made}/module`, content }] });
    },
  });
}

/** A module of the user's as a task. It takes any argument: which ones it knows it says itself, on the host. */
export const foreignTask = (module: ForeignModule): Task =>
  defineTask({
    name: module.name,
    summary: `The module ${module.file}, run as it is.`,
    parameters: {},
    otherParameters: 'the arguments of the module, which judges them itself',
    returns: {},
    example: `- ${module.name}: {}`,
    inCheckMode: 'predicts',
    repeatable: false,
    decides: 'control',
    compile: (args, context) => compile(module, args as Record<string, Value>, context),
    interpret: (report, _, context) =>
      report.bytes('module_stdout') === undefined
        ? { result: report.text('hint') === undefined ? {} : { hint: report.text('hint') ?? '' } }
        : readResult(report, { isAsync: context.isAsync ?? false, checkMode: context.checkMode }),
  });
