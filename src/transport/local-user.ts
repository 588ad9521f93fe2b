import { userInfo } from 'node:os';

/** Who runs kprov. In a container the user may have a number only. */
export function localUser(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || env.LOGNAME || String(process.getuid?.() ?? 'root');
  }
}
