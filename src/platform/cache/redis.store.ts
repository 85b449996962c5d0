import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { createClient } from 'redis';

/** Texts that a Redis server keeps for a while. It may be gone, slow or wrong at any moment: nobody waits long, and nothing is thrown. */
export interface RedisStore {
  /** Begins to connect, and does so anew for as long as it takes: resolves whether or not there is a server. */
  open(): Promise<void>;
  /** Undefined where nothing is kept, and where the server does not answer in time. */
  get(key: string): Promise<string | undefined>;
  /** Keeps a text for `milliseconds`, if the server takes it. */
  set(key: string, text: string, milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export interface RedisDeps {
  /** redis:// or rediss:// */
  readonly url: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

type CreateClient = typeof createClient;

/** A connection that is ready, and what ends it. */
interface Line {
  readonly client: ReturnType<typeof createLine>;
  readonly broken: AbortController;
}

/** How long one answer may take, and the making of a connection, in ms. */
const patience = { answer: 50, connection: 2_000 };

/** How often a word is said on an idle connection, in ms: some servers close those that are silent for minutes. */
const pingInterval = 60_000;

/** How long a server that failed is left alone, in ms: one that is slow makes one request a second slower, and not each. */
const rest = 1_000;

/**
 * Creates a store on one Redis server.
 *
 * Whatever goes wrong, an answer that is late included, ends the connection, and there is another a second later: what comes
 * late can then be taken for no other answer, and nothing waits on a line that is dead. An outage is logged once, without
 * the address, which may hold a password.
 */
export function createRedisStore({ url, log }: RedisDeps): RedisStore {
  const ended = new AbortController();
  let line: Line | undefined;
  let isDown = false;
  let running: Promise<void> = Promise.resolve();

  async function keepConnected(create: CreateClient): Promise<void> {
    while (!ended.signal.aborted) {
      const broken = new AbortController();
      const end = (): void => { broken.abort(); };
      ended.signal.addEventListener('abort', end);
      try {
        noteOutage(await connectUntil(create, broken));
      } catch (error) {
        noteOutage(error);
      } finally {
        ended.signal.removeEventListener('abort', end);
      }
      await sleep(rest, undefined, { signal: ended.signal, ref: false }).catch(() => undefined);
    }
  }

  /** Answers what broke the connection in the end; throws where there was none. */
  async function connectUntil(create: CreateClient, broken: AbortController): Promise<unknown> {
    const client = createLine(create, url);
    const end = new Promise((resolve) => { broken.signal.addEventListener('abort', () => resolve(broken.signal.reason)); });
    client.on('error', (error: unknown) => { broken.abort(error); });
    try {
      await Promise.race([inTime(client.connect(), patience.connection), end]);
      if (!broken.signal.aborted) line = { client, broken };
      return await end;
    } finally {
      line = undefined;
      client.destroy();
    }
  }

  function noteOutage(error: unknown): void {
    if (isDown || ended.signal.aborted) return;
    isDown = true;
    log.warn({ reason: reasonOf(error) }, 'Redis does not answer: until it does, all rights are read from the database');
  }

  async function ask<T>(command: (client: Line['client']) => Promise<T>): Promise<T | undefined> {
    const asked = line;
    if (!asked) return undefined;
    try {
      const answer = await inTime(command(asked.client), patience.answer);
      if (isDown) log.info('Redis answers again');
      isDown = false;
      return answer;
    } catch (error) {
      asked.broken.abort(error);
      return undefined;
    }
  }

  return {
    async open() {
      // Loading it takes longer than all else of a start; who has no Redis is spared that.
      const { createClient: create } = await import('redis');
      running = keepConnected(create);
    },
    async get(key) {
      const text: unknown = await ask((client) => client.get(key));
      return typeof text === 'string' ? text : undefined;
    },
    async set(key, text, milliseconds) {
      await ask((client) => client.set(key, text, { expiration: { type: 'PX', value: milliseconds } }));
    },
    async close() {
      ended.abort();
      await running;
    },
  };
}

/** One connection, which does not come back by itself. RESP 2 is spoken by servers of every age. */
function createLine(create: CreateClient, url: string) {
  return create({ url, RESP: 2, disableOfflineQueue: true, disableClientInfo: true, pingInterval, socket: {
    connectTimeout: patience.connection, reconnectStrategy: false,
  } });
}

/** The client's own time limit ends when a command is sent, so it does not notice a server that hangs. */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    // After a pause of this process's own, what arrived meanwhile is read first.
    timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer in ${milliseconds} ms`))), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors of several addresses in one have no message. */
function reasonOf(error: unknown): string {
  const { message = '', code = 'unknown' } = error instanceof Error ? error as NodeJS.ErrnoException : {};
  return message === '' ? code : message;
}
