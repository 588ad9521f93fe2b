import { randomInt } from 'node:crypto';
import { KprovError } from '../../errors/index.js';
import { FrameReader, renderJob, type Script, type Step, sh } from '../../shell/index.js';
import type { StepReport } from './shell-session.js';

/** One job of a user on a host. */
export interface JobAddress {
  /** Where his jobs' records are: absolute, or under his home. */
  folder: string;
  id: string;
}

/** `kp_job`: the job's own folder. */
const address = ({ folder, id }: JobAddress): Script => sh`
kp_jobs=${folder}
case $kp_jobs in
/*) ;;
'~') kp_jobs=$HOME ;;
*) kp_jobs=$HOME/$\{kp_jobs#'~/'} ;;
esac
kp_job=$kp_jobs/${id}
kp_set results_file "$kp_job"`;

/** `ansible_job_id`, in Ansible's form. */
export const newJobId = (): string => `j${randomInt(10 ** 11, 10 ** 12 - 1)}.${randomInt(1000, 32768)}`;

/** A job that a playbook names. Throws KprovError where the name, which is part of a path on the host, is none. */
export function jobAddress(folder: string, id: string): JobAddress {
  if (!/^j?\d+\.\d+$/.test(id)) throw new KprovError('bad-job-id', `${JSON.stringify(id)} is no job's name`);
  return { folder, id };
}

/**
 * Runs as a process of its own, $1 being the job's folder and $2 its seconds (0: no end): the step's text from `program`,
 * what it reports into `out` and `err`, its exit code into `rc`, last.
 */
const process = `u=$(umask)
umask 077
cd "$1" || exit 1
echo $$ >pid
work() {
  umask "$u"
  if [ "$1" != 0 ] && command -v timeout >/dev/null 2>&1; then exec timeout -k 5 "$1" sh ./program; fi
  exec sh ./program
}
(work "$2") >out 2>err </dev/null
echo $? >rc.new; rm -f program; mv rc.new rc`;

/** Starts the step as that job; entered again it finds it begun. */
export function startJob(job: JobAddress, step: Step, seconds: number): Script {
  return sh`
cd || { kp_fail "there is no home directory"; return 1; }
${address(job)}
[ ! -e "$kp_job/begun" ] || return 0
mkdir -p -m 700 "$kp_jobs" && mkdir -p -m 700 "$kp_job" || { kp_fail "cannot make $kp_job"; return 1; }
printf %s ${renderJob(step)} >"$kp_job/program" || { kp_fail "cannot write $kp_job/program"; return 1; }
: >"$kp_job/begun"
# As the login environment has it; the lock of the run is not handed on.
kp_begin() {
  umask "$kp_umask"
  [ -z "$kp_core" ] || ulimit -Sc "$kp_core" 2>/dev/null
  if [ "$kp_lc" = unset ]; then unset LC_ALL; else LC_ALL=$kp_lc; fi
  trap '' HUP
  command -v setsid >/dev/null 2>&1 && set -- setsid "$@"
  exec "$@"
}
(kp_begin sh -c ${process} kprov "$kp_job" ${Math.ceil(seconds)} >/dev/null 2>&1 </dev/null 9>&-) &
return 0`;
}

/**
 * Looks how a job is doing: the field `state` is none, running, lost (it died without a word), late (its time was up)
 * or done; what it reported is in `out` and `err`. Waits up to `seconds` for its end.
 */
export function lookAtJob(job: JobAddress, seconds: number): Script {
  return sh`${address(job)}
[ -d "$kp_job" ] || { kp_set state none; return 0; }
kp_i=0
while [ ! -e "$kp_job/rc" ] && [ "$kp_i" -lt ${Math.ceil(seconds * 10)} ]; do
  kp_i=$((kp_i + 1))
  sleep 0.1 2>/dev/null || { sleep 1; kp_i=$((kp_i + 9)); }
  [ ! -s "$kp_job/pid" ] || kill -0 "$(cat "$kp_job/pid")" 2>/dev/null || break
done
if [ ! -e "$kp_job/rc" ]; then
  # A job that ends between two looks has its exit code by now.
  if [ -s "$kp_job/pid" ] && ! kill -0 "$(cat "$kp_job/pid")" 2>/dev/null && [ ! -e "$kp_job/rc" ]; then kp_set state lost
  else kp_set state running
  fi
  return 0
fi
case $(cat "$kp_job/rc") in 124 | 137) kp_set state late ;; *) kp_set state done ;; esac
kp_open out; cat "$kp_job/out"; kp_close
kp_open err; cat "$kp_job/err"; kp_close
return 0`;
}

/** Removes what a job has left. */
export const forgetJob = (job: JobAddress): Script => sh`${address(job)}
[ -d "$kp_job" ] || return 0
kp_apply && kp_try rm -rf -- "$kp_job"`;

/** What the step with that nonce reported into a job's files; undefined where it did not come to its end. */
export function readJob(nonce: string, out: Buffer, err: Buffer): StepReport | undefined {
  const read = (content: Buffer): StepReport | undefined => {
    let report: StepReport | undefined;
    const reader = new FrameReader({ frame: ({ status, fields }) => (report = { status, fields }) });
    reader.expect(nonce);
    reader.push(content);
    return report;
  };
  const report = read(out);
  if (report?.fields.has('stdout')) report.fields.set('stderr', read(err)?.fields.get('stderr') ?? Buffer.alloc(0));
  return report;
}
