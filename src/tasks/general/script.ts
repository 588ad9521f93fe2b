import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { Script, sh } from '../../shell/index.js';
import { text } from '../parameters.js';
import { defineTask, type Outcome, type Program, program, type TaskContext } from '../task.js';
import { splitWords } from '../words.js';
import { command, commandParameters, commandProgram, interpretCommand } from './command.js';
import { decryption, sending } from './decrypt.js';

const { chdir, creates, removes } = commandParameters;

/** Above this, or where it is no text, the file is uploaded in a step of its own. */
const MAX_INLINE_BYTES = 64 * 1024;

function read(line: string, context: TaskContext): { content: Buffer; rest: string } {
  const [name] = splitWords(line);
  if (name === undefined) throw new KprovError('bad-argument', 'script: no script given');
  const bytes = context.files.readBytes(context.find('files', name));
  if (bytes === undefined) throw new KprovError('missing-file', `script: cannot read ${name}`);
  const written = /^\s*('[^']*'|"(?:[^"\\]|\\.)*"|(?:[^\s\\'"]|\\.)+)+/.exec(line)?.[0] ?? name;
  return { content: Buffer.from(bytes), rest: line.slice(written.length) };
}

/** The interpreter that the script asks for: named here, so that it runs from a file system without exec, too. */
function interpreter(content: Buffer, executable: string | undefined): Script {
  if (executable !== undefined) return sh`${splitWords(executable)}`;
  if (content.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'))) return sh``;
  const shebang = /^#![ \t]*(\S+)(?:[ \t]+([^\r\n]*?))?[ \t]*\r?\n/.exec(content.subarray(0, 512).toString('utf8'));
  if (shebang === null) return sh`/bin/sh`;
  return shebang[2] ? sh`${[shebang[1] ?? '', shebang[2]]}` : sh`${[shebang[1] ?? '']}`;
}

const isText = (content: Buffer) => !content.includes(0) && Buffer.from(content.toString('utf8')).equals(content);

export const script = defineTask({
  name: 'script',
  summary: 'Runs a script of the control machine on the host.',
  parameters: {
    cmd: text('The script, looked for in files/, and its arguments, which a shell on the host reads.', {
      required: true,
      aliases: ['free_form'],
    }),
    executable: text('What runs it. Default: what its first line says, else /bin/sh.'),
    chdir,
    creates,
    removes,
    ...decryption,
  },
  freeForm: 'cmd',
  returns: command.returns,
  example: `- script: prepare-disk.sh /dev/sdb
  args: {creates: /var/lib/longhorn}`,
  inCheckMode: 'predicts',
  repeatable: false,
  compile: (args, context): Program | Outcome => {
    const { content, rest } = read(args.cmd, sending(context, args));
    const run = Script.trusted(String(interpreter(content, args.executable)));
    const line = `${run} "$0"${rest}`;
    const words = sh`/bin/sh -c ${line} "$kp_folder/script"`;
    const after = sh`rm -rf -- "$kp_folder"`;
    const folder = sh`kp_folder=$(mktemp -d) || { kp_fail 'cannot make a temporary directory'; return 1; }`;
    if (content.length <= MAX_INLINE_BYTES && isText(content)) {
      const before = sh`${folder}
printf %s ${content.toString('utf8')} >"$kp_folder/script" && chmod 700 -- "$kp_folder/script" || {
  rm -rf -- "$kp_folder"; kp_fail 'cannot write the script'; return 1
}`;
      return commandProgram(words, args, context.checkMode, { before, after });
    }
    const guarded = commandProgram(sh`true`, args, context.checkMode, {
      before: sh`${folder}
kp_set folder "$kp_folder"
return 0`,
    });
    if (guarded.kind !== 'program') return guarded;
    return program(guarded.script, {
      next: (report) => {
        const made = report.text('folder');
        if (made === undefined) return undefined;
        const before = sh`kp_folder=${made}
chmod 700 -- "$kp_folder/script"`;
        const step = commandProgram(words, { chdir: args.chdir }, false, { before, after });
        return step.kind === 'program' ? { ...step, uploads: [{ path: `${made}/script`, content }] } : step;
      },
    });
  },
  interpret: (report, args) => {
    const { result, ...rest } = interpretCommand(report, '', false);
    const reason = report.text('skipped');
    if (reason !== undefined) {
      const option = reason.endsWith(' does not exist') ? 'removes' : 'creates';
      return { status: 'skipped', result: { msg: `${reason}, matching ${option} option` } };
    }
    return { ...rest, result: { ...result, cmd: args.cmd } };
  },
});
