import { posix } from 'node:path';
import { KprovError } from '../errors/index.js';

/** A path for reading, and the same path as the user would write it. */
export interface Place {
  path: string;
  shown: string;
}

export const placeOf = (path: string, cwd: string): Place => ({ path: posix.resolve(cwd, path), shown: path });

export const within = (place: Place, name: string): Place => ({
  path: posix.join(place.path, name),
  shown: posix.join(place.shown, name),
});

export const besideFile = (place: Place): Place => ({
  path: posix.dirname(place.path),
  shown: posix.dirname(place.shown),
});

/** An error that reading a file is allowed to end with. */
export const isReadError = (error: unknown): error is KprovError => error instanceof KprovError;

/** Why a file could not be read, and what to do about it. */
export const reasonOf = ({ why, fix }: KprovError): { why?: string; fix?: string } => ({
  ...(why !== undefined && { why }),
  ...(fix !== undefined && { fix }),
});
