import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { createClient } from 'redis';

/** Stores texts in a Redis server for a time. The server may be away, slow or wrong at any moment: each call ends soon and never throws. */
export interface RedisStore {
  /** Begins to connect and goes on trying. Resolves even if there is no server. */
  open(): Promise<void>;
  /** The stored text; undefined if there is none or the server does not answer in time. */
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

/** An open connection. Abort `broken` to end it. */
interface Line {
  readonly client: ReturnType<typeof createLine>;
  readonly broken: AbortController;
}

/** Longest time for one answer and for a new connection, in ms. */
const patience = { answer: 50, connection: 2_000 };

/** Time between two pings on an idle connection, in ms. Some servers close connections that are silent for minutes. */
const pingInterval = 60_000;

/** Pause after a failure, in ms. A slow server then delays one request per second instead of every request. */
const rest = 1_000;

/**
 * Creates a store on one Redis server.
 *
 * Any failure ends the connection, even a late answer, and a new one is opened a second later. A late answer can then not be
 * mistaken for another one, and no call waits on a dead connection. An outage is logged once. The log does not name the address,
 * because it may contain a password.
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

  /** Connects, waits until the connection breaks, and answers the reason. Throws if no connection was possible. */
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
      // Load the package only here: it takes longer than the rest of a start, and a server without Redis does not need it.
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

/** Creates one connection, which does not reconnect by itself. Servers of all versions know RESP 2. */
function createLine(create: CreateClient, url: string) {
  return create({ url, RESP: 2, disableOfflineQueue: true, disableClientInfo: true, pingInterval, socket: {
    connectTimeout: patience.connection, reconnectStrategy: false,
  } });
}

/** Waits for an answer of the server. The client's own limit covers only the sending, so it does not detect a server that hangs. */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    // If this process itself was blocked, read the answers that have arrived in the meantime first.
    timer = setTimeout(() => setImmediate(() => reject(new Error(`no answer in ${milliseconds} ms`))), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The message of an error, or its code: an error that stands for failures of several addresses has no message. */
function reasonOf(error: unknown): string {
  const { message = '', code = 'unknown' } = error instanceof Error ? error as NodeJS.ErrnoException : {};
  return message === '' ? code : message;
}
