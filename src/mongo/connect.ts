import mongoose from 'mongoose';
import type { Connection, ConnectOptions } from 'mongoose';
import { startError } from '../errors.ts';

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
 * Rejects within some 2 s when no server answers, and at once, with a StartError, an address that is none.
 */
export async function connect(uri: string, options: ConnectOptions = {}): Promise<Connection> {
  checkAddress(uri);
  return await mongoose.createConnection(uri, { ...limits, ...options }).asPromise();
}

function checkAddress(uri: string): void {
  try {
    new mongoose.mongo.MongoClient(uri); // reads the address and connects to nothing
  } catch (error) {
    throw startError(`The address of the database (MONGODB_URI) cannot be used: ${error instanceof Error ? error.message : String(error)}.`, error);
  }
}

/** A connection that is never opened, for what only needs to know the models. */
export function createUnconnected(): Connection {
  return mongoose.createConnection();
}
