import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { supervise } from '../../src/cli/local-mongo/supervise.ts';
import { form } from './proof.ts';
import { freePort } from './free-port.ts';

/**
 * A Redis server of one test file's own, to be hurt; it ends with the tests' process, keeps its port through kill and restart, and nothing
 * else.
 */
export interface TestRedis {
  readonly url: string;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const mustBe = form !== 'short';

/** Tests that need a redis-server: without one they are skipped in the short form, and fail in the others. */
export const describeWithRedis = isInstalled || mustBe ? describe : describe.skip;

export async function startRedis(): Promise<TestRedis> {
  if (!isInstalled) throw new Error('No redis-server is installed. Cure: apt-get install redis-server.');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
  const port = await freePort();
  let server: { readonly pid: number; readonly gone: Promise<unknown> } | undefined;

  async function start(): Promise<void> {
    const logFile = join(folder, 'log');
    const exit = new AbortController();
    const gone = once(exit.signal, 'abort');
    const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    const { pid } = await supervise({ command, env: process.env, logFile, signal: 'KILL', onExit: () => { exit.abort(); } });
    server = { pid, gone };
    const log = (): string => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
    for (let waited = 0; !log().includes('Ready to accept connections'); waited += 10) {
      if (exit.signal.aborted || waited > 20_000) throw new Error(`redis-server did not start: ${log()}`);
      await sleep(10);
    }
  }

  async function kill(): Promise<void> {
    if (!server) return;
    const { pid, gone } = server;
    server = undefined;
    process.kill(pid, 'SIGKILL');
    await gone;
  }

  const signal = (name: NodeJS.Signals): void => { if (server) process.kill(server.pid, name); };

  await start();
  const end = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  closeLater(end);
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill,
    restart: start,
    end,
  };
}

/** All that a Redis server holds, in the hands of somebody who may change it. */
export interface RedisContent {
  entries(): Promise<Map<string, string>>;
  put(key: string, text: string): Promise<void>;
  clear(): Promise<void>;
  /** How often something that was asked for was there. */
  hits(): Promise<number>;
}

/** Opens the content for one piece of work. */
export async function withRedisContent<T>(url: string, work: (content: RedisContent) => Promise<T>): Promise<T> {
  const client = createClient({ url, RESP: 2 });
  client.on('error', () => undefined); // a call that fails throws the error
  await client.connect();
  try {
    return await work({
      async entries() {
        const keys = await client.keys('*');
        return new Map(await Promise.all(keys.map(async (key) => [key, await client.get(key) ?? ''] as const)));
      },
      async put(key, text) { await client.set(key, text, { expiration: 'KEEPTTL' }); },
      async clear() { await client.flushAll(); },
      hits: async () => Number(/keyspace_hits:(\d+)/.exec(await client.info('stats'))?.[1]),
    });
  } finally {
    client.destroy();
  }
}
