import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { closeLater } from '../../scripts/test-run/closing.ts';

/** A way to a MongoDB server that can be made slow or broken, or the feed of changes alone. */
export interface DatabaseProxy {
  /** The address of the same server and database, by way of this proxy. */
  readonly uri: string;
  /** Delays every answer by this number of ms. */
  setLatency(milliseconds: number): void;
  /** Delays the answers about the feed of changes alone by this number of ms. */
  delayFeed(milliseconds: number): void;
  /** Holds back what is found from now on, until `release`. */
  holdReads(): HeldReads;
  /** Resets every connection that is open. */
  reset(): void;
  /** Resets the connections on which the feed of changes is waited for. */
  breakFeed(): void;
  /** Passes nothing any more on the connections on which the feed of changes is waited for, and closes none: what is sent there is lost. */
  silenceFeed(): void;
  /** Answers the next request that resumes the feed as a server does whose oplog no longer reaches back so far. */
  loseHistory(): void;
  /** How often the feed was broken, was begun, was resumed where it stood, and was told instead that its history is lost. */
  readonly feed: { readonly broken: number; readonly begun: number; readonly resumed: number; readonly lost: number };
  /** Lets nobody in and resets who is there, until `open`. */
  close(): void;
  open(): void;
  end(): Promise<void>;
}

/** Answers that are held back. */
export interface HeldReads {
  /** How many there are. */
  count(): number;
  release(): void;
}

/** The standard header of the wire protocol: length, requestID, responseTo, opCode; little-endian, 4 bytes each. */
const headerBytes = 16;

/** OP_MSG, the opCode of every answer. */
const opMsg = 2_013;

/** Starts a proxy to the server of a `mongodb://` address with one host, on a free port of this machine. */
export async function startDatabaseProxy(uri: string): Promise<DatabaseProxy> {
  const target = new URL(uri);
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const followers = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  const feed = { broken: 0, begun: 0, resumed: 0, lost: 0 };
  let isHistoryLost = false;
  let isSilencing = false;
  let latency = 0;
  let feedDelay = 0;
  let isOpen = true;
  let held: { count: number; readonly released: Promise<void> } | undefined;

  function join(client: Socket): void {
    if (!isOpen) { client.resetAndDestroy(); return; }
    const upstream = createConnection({ host: target.hostname, port: Number(target.port) });
    const ofFeed = new Set<number>();
    const finds = new Set<number>();
    const late = new AbortController();
    let last: Promise<unknown> = Promise.resolve();
    clients.add(client);
    client.on('close', () => { clients.delete(client); followers.delete(client); });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => { sockets.delete(socket); client.destroy(); upstream.destroy(); late.abort(); });
    }
    readMessages(client, (message) => {
      if (silenced.has(client)) return;
      const id = message.readInt32LE(4);
      const asked = feedRequestOf(message);
      if (asked === 'resumed' && isHistoryLost) {
        isHistoryLost = false;
        feed.lost += 1;
        client.write(answerTo(id, historyLost));
        return;
      }
      if (asked && isSilencing) {
        isSilencing = false;
        silenced.add(client);
        return;
      }
      if (asked) {
        ofFeed.add(id);
        followers.add(client);
        if (asked !== 'read') feed[asked] += 1;
      }
      if (message.includes(find)) finds.add(id);
      upstream.write(message);
    });
    readMessages(upstream, (message) => {
      const isOfFeed = ofFeed.delete(message.readInt32LE(8));
      if (ofFeed.size === 0) followers.delete(client);
      const delay = latency + (isOfFeed ? feedDelay : 0);
      const hold = finds.delete(message.readInt32LE(8)) ? held : undefined;
      if (hold) hold.count += 1;
      // Answers keep their order: one that is late makes later ones wait, as on a slow line.
      last = last.then(() => hold?.released).then(() => (delay > 0 ? sleep(delay, undefined, { signal: late.signal }) : undefined)).then(
        () => { if (client.writable && !silenced.has(client)) client.write(message); }, () => undefined,
      );
    });
  }

  const server = createServer(join);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const own = new URL(uri);
  own.host = `127.0.0.1:${(server.address() as AddressInfo).port}`; // what a server on a port has
  own.searchParams.delete('replicaSet');
  own.searchParams.set('directConnection', 'true'); // the server would tell its own address
  // Their other halves end with them: one that is ended by both is never closed by Node, which then waits for it for ever as it exits.
  const reset = () => { for (const client of clients) client.resetAndDestroy(); };

  async function end(): Promise<void> {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
  closeLater(end);

  return {
    uri: own.href,
    setLatency: (milliseconds) => { latency = milliseconds; },
    delayFeed: (milliseconds) => { feedDelay = milliseconds; },
    holdReads() {
      let release = (): void => undefined;
      const own = { count: 0, released: new Promise<void>((resolve) => { release = resolve; }) };
      held = own;
      return {
        count: () => own.count,
        release() {
          held = undefined;
          release();
        },
      };
    },
    reset,
    breakFeed() {
      feed.broken += followers.size;
      for (const client of followers) client.resetAndDestroy();
    },
    silenceFeed() {
      isSilencing = followers.size === 0; // between two questions: the next one is lost
      for (const client of followers) silenced.add(client);
    },
    loseHistory: () => { isHistoryLost = true; },
    feed,
    close() {
      isOpen = false;
      reset();
    },
    open: () => { isOpen = true; },
    end,
  };
}

function readMessages(socket: Socket, onMessage: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= headerBytes && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0);
      onMessage(pending.subarray(0, length));
      pending = pending.subarray(length);
    }
  });
}

/** How a find begins in BSON: an element of the type string (2) with that name. */
const find = Buffer.from('\x02find\0');

/**
 * The change stream on the outbox is opened by an aggregate, which says where it goes on if it was broken, and read by getMore; both name
 * the collection.
 */
function feedRequestOf(message: Buffer): 'begun' | 'resumed' | 'read' | undefined {
  if (!message.includes('outbox')) return undefined;
  if (message.includes('$changeStream')) return places.some((place) => message.includes(place)) ? 'resumed' : 'begun';
  return message.includes('getMore') ? 'read' : undefined;
}

const places = ['resumeAfter', 'startAfter', 'startAtOperationTime'];

const historyLost = {
  ok: 0, code: 286, codeName: 'ChangeStreamHistoryLost',
  errmsg: 'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
};

function answerTo(requestId: number, document: object): Buffer {
  const body = mongoose.mongo.BSON.serialize(document);
  const head = Buffer.alloc(headerBytes + 5); // no flags (4 bytes), and one section that is a document (1 byte): all are 0
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, body]);
}
