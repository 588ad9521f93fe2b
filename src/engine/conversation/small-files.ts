import { type Script, sh } from '../../shell/index.js';
import type { Upload } from '../../tasks/index.js';
import { isLarge } from '../../values/index.js';
import { ownFolder } from '../transfer/own-folder.js';
import { makeNonce } from './nonce.js';
import type { ShellSession, StepReport } from './shell-session.js';

const chunkBytes = 48 * 1024;

/** A small file for a step that follows, in pieces, through the same shell: no further session. */
export function sendSmallFile(
  session: ShellSession,
  { path, content }: Upload,
  epoch: number,
  onReport: (report: StepReport) => void,
): void {
  if (isLarge(content)) return;
  const mode = { check: false, diff: false, mayFail: false };
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const send = (body: Script) =>
    void session.send({ ...mode, nonce: makeNonce(), epoch, body }).then(onReport, () => undefined);
  send(sh`${ownFolder(path)}
{ : >${path}; } 2>/dev/null || kp_cannot_write ${path} ''`);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes).toString('base64');
    send(sh`kp_put ${path} ${piece}`);
  }
}
