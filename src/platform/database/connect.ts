import mongoose from 'mongoose';
import type { Connection, ConnectOptions } from 'mongoose';
import { startError } from '../../errors/errors.ts';

export interface ConnectSettings extends ConnectOptions {
  /** How long the database may give no answer before work fails, in ms: DATABASE_SILENCE. 1,700 by default. */
  readonly silence?: number;
}

/**
 * Options of the driver, with which an unreachable database is a quick, clear failure instead of a hanging request. Reads and writes
 * wait for the majority of the replica set, so an acknowledged write is never rolled back.
 */
const options = {
  heartbeatFrequencyMS: 2_000,
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority' },
} satisfies ConnectOptions;

/** The shortest limit for a server that must be found or must answer a heartbeat, in ms. The driver asks each server every 2 s. */
const shortestSearch = 2_000;

/**
 * The time limits of the driver. None is shorter than the silence, because a database that may be silent for longer must not be called
 * unreachable by the driver: it closes all connections to a server whose heartbeat is late.
 */
function timeLimits(silence: number): ConnectOptions {
  const search = Math.max(shortestSearch, silence);
  return { serverSelectionTimeoutMS: search, connectTimeoutMS: search, waitQueueTimeoutMS: silence };
}

/**
 * Opens a separate connection and leaves mongoose's default connection to the host application.
 *
 * Rejects if no server answers within `silence` ms, and at least 2 s. Rejects with a StartError if the address is invalid, or if the
 * user or the password is wrong. Waits up to 10 s for a server that was found and is slow to complete the connection.
 *
 * @example const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
 */
export async function connect(uri: string, { silence = 1_700, ...own }: ConnectSettings = {}): Promise<Connection> {
  checkAddress(uri);
  const end = performance.now() + handshakePatience;
  for (;;) {
    const connection = mongoose.createConnection(uri, { ...options, ...timeLimits(silence), ...own });
    try {
      return await connection.asPromise();
    } catch (error) {
      await connection.close(true);
      const isSlow = error instanceof mongoose.mongo.MongoError && error.name === 'MongoWaitQueueTimeoutError';
      if (!isSlow || performance.now() > end) throw explainFailure(error);
    }
  }
}

/** Adds the name of the setting to an error of the driver. The driver's message names only the server and the failure. */
export function explainFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const reason = error.message.replace(/\.$/, '');
  if ('code' in error && [8000, 18].includes(Number(error.code))) {
    return startError(`The database of MONGODB_URI refuses the user or the password (${reason}). Correct MONGODB_URI.`, error);
  }
  if (!/ServerSelection|Network|WaitQueue/.test(error.name)) return error;
  return new Error(`The database of MONGODB_URI does not answer (${reason}). Start it, or correct MONGODB_URI.`, { cause: error });
}

/** In ms. A start can wait longer for a busy database than a request, for which `silence` is meant. */
const handshakePatience = 10_000;

function checkAddress(uri: string): void {
  try {
    new mongoose.mongo.MongoClient(uri); // parses the address and does not connect
  } catch (error) {
    // Of some wrong addresses, the driver's message repeats the user and the password.
    const isSafe = error instanceof mongoose.mongo.MongoError && !(error instanceof mongoose.mongo.MongoRuntimeError);
    const reason = isSafe ? error.message.replace(/\.$/, '') : 'its user or its hosts cannot be read';
    throw startError(`The address of the database (MONGODB_URI) cannot be used: ${reason}.`, isSafe ? error : undefined);
  }
}

/** Creates a connection that is never opened, for code that needs only the models. */
export function createUnconnected(): Connection {
  return mongoose.createConnection();
}
