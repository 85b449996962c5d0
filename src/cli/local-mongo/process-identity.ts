import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Distinguishes a process from a later one with the same number. */
export interface ProcessIdentity {
  started: string;
  command: string;
}

/** Looks up a running process, in /proc or with `ps`; undefined if none with this number runs (a zombie does not). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): ProcessIdentity | undefined {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The second field is the program's name in brackets, which may contain spaces; `state` is the third, `starttime` the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = fields[19];
  if (fields[0] === 'Z' || started === undefined) return undefined;
  return { started, command: readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
}

function fromPs(pid: number): ProcessIdentity | undefined {
  const columns = ['-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)];
  const line = execFileSync('ps', columns, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'ignore'] });
  const match = /^\s*(\S+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s+(.*)$/m.exec(line);
  if (match?.[1]?.startsWith('Z') === true) return undefined;
  return match?.[2] === undefined ? undefined : { started: match[2], command: match[3] ?? '' };
}
