import mongoose from 'mongoose';
import type { Connection, ConnectOptions } from 'mongoose';
import { startError } from '../../errors/errors.ts';

/**
 * Driver limits that make an unreachable database a quick, clear failure instead of a hanging request.
 * All times in ms. Reads and writes are majority ones: what was acknowledged is never rolled back.
 */
const limits = {
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
  waitQueueTimeoutMS: 500,
  heartbeatFrequencyMS: 2_000,
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  readConcern: { level: 'majority' },
  writeConcern: { w: 'majority' },
} satisfies ConnectOptions;

/**
 * Opens a connection of its own, never mongoose's default one, so that a host's mongoose stays untouched.
 *
 * Rejects within some 2 s when no server answers, and with a StartError an address that is none, or a wrong user or password. A server that
 * was found but takes its time to shake hands is waited for, up to 10 s.
 */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  checkAddress(uri);
  const end = performance.now() + handshakePatience;
  for (;;) {
    const connection = mongoose.createConnection(uri, { ...limits, ...options });
    try {
      return await connection.asPromise();
    } catch (error) {
      await connection.close(true);
      if (!(error instanceof mongoose.mongo.MongoError) || error.name !== 'MongoWaitQueueTimeoutError' || performance.now() > end) throw explainFailure(error);
    }
  }
}

/** The driver's message names the server and what failed, and not which setting leads there. */
export function explainFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const reason = error.message.replace(/\.$/, '');
  if ('code' in error && [8000, 18].includes(Number(error.code))) {
    return startError(`The database of MONGODB_URI refuses the user or the password (${reason}). Correct MONGODB_URI.`, error);
  }
  if (!/ServerSelection|Network|WaitQueue/.test(error.name)) return error;
  return new Error(`The database of MONGODB_URI does not answer (${reason}). Start it, or correct MONGODB_URI.`, { cause: error });
}

/** In ms. The limit for waiting in the queue is for requests; a start can wait longer for a database that is busy. */
const handshakePatience = 10_000;

function checkAddress(uri: string): void {
  try {
    new mongoose.mongo.MongoClient(uri); // reads the address and connects to nothing
  } catch (error) {
    throw startError(
      `The address of the database (MONGODB_URI) cannot be used: ${error instanceof Error ? error.message : String(error)}.`, error,
    );
  }
}

/** A connection that is never opened, for what only needs to know the models. */
export function createUnconnected(): Connection {
  return mongoose.createConnection();
}
