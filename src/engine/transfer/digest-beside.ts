/** Plain CommonJS as text: a worker of a bundled program has no file of its own. */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync } = require('node:fs');
const piece = Buffer.allocUnsafe(1024 * 1024);
const hashes = workerData.algorithms.map((name) => createHash(name));
const file = openSync(workerData.path, 'r');
let size = 0;
for (let read; (read = readSync(file, piece, 0, piece.length, size)) > 0; size += read) {
  for (const hash of hashes) hash.update(piece.subarray(0, read));
}
closeSync(file);
parentPort.postMessage({ size, digests: hashes.map((hash) => hash.digest('hex')) });`;

/** Hashes a whole file beside the event loop. Rejects with what the system said where it cannot be read. */
export async function digestBeside(
  path: string,
  algorithms: readonly string[],
): Promise<{ size: number; digests: string[] }> {
  // Loaded here, because most runs send no large file.
  const { Worker } = await import('node:worker_threads');
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: { path, algorithms }, execArgv: [] });
    worker.once('message', resolve).once('error', reject);
  });
}
