import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';
import type { Environment } from './engines/programs.ts';

/** A server process that ends no later than the process that started it. */
export interface SupervisedProcess {
  pid: number;
  /** Ends it, with SIGKILL if it has not ended 5 s after the signal. May be called again. */
  stop: () => Promise<void>;
}

interface Supervision {
  command: string[];
  env: Environment;
  /** File for what the server prints. */
  logFile: string;
  /** KILL if there is no data to keep. */
  signal: 'TERM' | 'KILL';
  /** Folder that is removed in the end, even if this process is killed. */
  throwAway?: string | undefined;
  /** Called once the server has ended, with the end of its log, which may be removed from the disk by then. */
  onExit: (code: number | null, log: string) => void;
}

/**
 * The shell between this process and the server. Its standard input is a pipe, which the system closes however this
 * process ends, kill -9 included. The shell then ends the server, so that none is left behind.
 */
const supervisor = `
log=$1 signal=$2 away=$3; shift 3
exec 3<&0
"$@" >"$log" 2>&1 </dev/null 3<&- &
server=$!
echo "$server"
(
  read -r _ <&3
  kill -s "$signal" "$server"
  for i in 1 2 3 4 5; do kill -0 "$server" || break; sleep 1; done
  kill -s KILL "$server"
  if [ -n "$away" ]; then rm -rf "$away"; fi
) >/dev/null 2>&1 &
wait "$server"
code=$?
tail -c 8192 "$log"
exit "$code"`;

/** Starts a server so that it ends with this process. The terminal's Ctrl-C does not reach it: this process handles that. */
export async function supervise({ command, env, logFile, signal, throwAway, onExit }: Supervision): Promise<SupervisedProcess> {
  const shell = spawn('/bin/sh', ['-c', supervisor, 'supervisor', logFile, signal, throwAway ?? '', ...command], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const exited = once(shell, 'exit');
  const printed: string[] = [];
  const lines = createInterface(shell.stdout).on('line', (line) => printed.push(line));
  // Not "exit": the last lines of the shell may not have arrived then.
  shell.once('close', (code) => onExit(code, printed.slice(1).join('\n')));
  shell.stdin.on('error', () => undefined);
  const [line] = await once(lines, 'line') as [string];
  // A caller that forgets to stop the server must still be able to end. The pipes of a child are sockets, which the types do not say.
  shell.unref();
  (shell.stdin as Socket).unref();
  (shell.stdout as Socket).unref();
  return {
    pid: Number(line),
    async stop() {
      shell.ref();
      shell.stdin.destroy();
      await exited;
    },
  };
}
