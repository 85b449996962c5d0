import { once } from 'node:events';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../src/cli/local-mongo/engines/programs.ts';
import { tail } from '../../src/cli/local-mongo/engines/programs.ts';
import { supervise } from '../../src/cli/local-mongo/supervise.ts';
import { adminClient, keycloakCommand, startArguments } from './keycloak-command.ts';

/** How long Keycloak may take to start, in ms: some 11 s on a free machine. */
const startLimit = 180_000;

export interface Launch {
  readonly java: string;
  /** The built Keycloak. */
  readonly home: string;
  /** Its data and its log. */
  readonly folder: string;
  /** A folder of data to begin with; without it, Keycloak makes its tables first, which takes 10 s longer. */
  readonly template?: string;
  /** Whether the folder is removed at the end. */
  readonly isThrowAway: boolean;
  readonly env: Environment;
}

/** A Keycloak process, which may still be starting. It ends no later than this process. */
export interface LaunchedKeycloak {
  readonly pid: number;
  /** The file in which it says its address: see {@link addressInLog}. */
  readonly logFile: string;
  readonly stop: () => Promise<void>;
}

/** Starts Keycloak and does not wait for it. */
export async function launchKeycloak({ java, home, folder, template, isThrowAway, env }: Launch): Promise<LaunchedKeycloak> {
  await mkdir(folder, { recursive: true });
  if (template !== undefined) await copyFile(join(template, 'keycloak.mv.db'), join(folder, 'keycloak.mv.db'));
  const logFile = join(folder, 'log');
  const exit = new AbortController();
  const gone = once(exit.signal, 'abort');
  const { pid, stop } = await supervise({
    command: keycloakCommand(java, home, startArguments(folder)),
    env: { ...env, KC_BOOTSTRAP_ADMIN_CLIENT_ID: adminClient.id, KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: adminClient.secret },
    logFile, signal: isThrowAway ? 'KILL' : 'TERM', throwAway: isThrowAway ? folder : undefined, onExit: () => { exit.abort(); },
  });
  return { pid, logFile, stop: async () => { await stop(); await gone; } };
}

/** Waits until Keycloak listens, and resolves with its address. Rejects, with the end of its log, if its process ends or takes too long. */
export async function addressInLog({ pid, logFile }: Pick<LaunchedKeycloak, 'pid' | 'logFile'>, limit = startLimit): Promise<string> {
  const end = performance.now() + limit;
  while (performance.now() < end) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    const address = /Listening on: (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
    if (address !== undefined) return address;
    if (!isAlive(pid)) throw new Error(`Keycloak has ended: ${tail(log)}`);
    await sleep(50);
  }
  throw new Error(`Keycloak did not start within ${limit} ms: ${tail(await readFile(logFile, 'utf8').catch(() => ''))}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
