import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { isBrokenSocket } from './broken-socket.ts';

/**
 * Runs `work` in one transaction: all of its writes are stored, or none.
 *
 * `work` may run several times if two transactions conflict. It must therefore do nothing but database calls with the given
 * session, one after the other. All reads see the same snapshot.
 */
export async function inTransaction<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  const { serverSession } = session;
  try {
    return await session.withTransaction((inner) => {
      beginAttempt(inner);
      return work(inner);
    }, {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (caught) {
    const error = toNetworkError(caught);
    if (isUnanswered(error)) {
      serverSession.isDirty = true; // so that no other transaction gets this session, which is ended here
      void undoAtServer(connection, serverSession.id);
    }
    throw error;
  } finally {
    await session.endSession();
  }
}

const attempts = new WeakMap<ClientSession, object>();

/** Begins a new attempt: what was read for the one before is read again. In a rehearsal, each change that follows another needs it. */
export function beginAttempt(session: ClientSession): void {
  attempts.set(session, {});
}

/** An object that identifies the current attempt of a transaction. Each attempt has a new one. */
export function attemptOf(session: ClientSession): object {
  const attempt = attempts.get(session);
  if (!attempt) throw new Error('This session is in no transaction of inTransaction().');
  return attempt;
}

/** How long a database keeps the locks of an abandoned transaction, in ms (transactionLifetimeLimitSeconds). */
const lockLifetime = 60_000;

/**
 * Ends the transaction that was left open when the database did not answer, as soon as the database answers again.
 *
 * Without this, a database that continues after a pause would keep these documents locked for a minute. After a restart, it has
 * no such locks. A database user may end its own sessions, so this needs no extra privilege.
 */
async function undoAtServer(connection: Connection, sessionId: unknown): Promise<void> {
  const end = performance.now() + lockLifetime;
  while (performance.now() < end) {
    try {
      await connection.db?.admin().command({ killSessions: [sessionId] });
      return;
    } catch (error) {
      // If the server does not know the command, the locks end by themselves.
      if (!isUnanswered(toNetworkError(error))) return;
      await sleep(250, undefined, { ref: false });
    }
  }
}

/**
 * Converts the error of a connection that broke during a write, which the driver (7.8) takes for one of its own. It passes Node's error
 * on, or fails with a TypeError when it reads the labels of that error after a commit.
 */
function toNetworkError(error: unknown): unknown {
  if (!isBrokenSocket(error) && !(error instanceof TypeError && error.message.includes('hasErrorLabel'))) return error;
  return new mongoose.mongo.MongoNetworkError('The connection broke during a transaction.', { cause: error });
}

/** Says whether the driver failed without an answer of the server. An answer has a numeric code. */
function isUnanswered(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoError && typeof error.code !== 'number';
}

/** Thrown to roll back a transaction in which nothing failed. */
const undone = Symbol('undone');

/** Runs `work` like {@link inTransaction}, rolls the transaction back, and answers the result. */
export async function rehearse<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  let outcome: { readonly result: T } | undefined;
  try {
    await inTransaction(connection, async (session) => {
      outcome = { result: await work(session) };
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- a private symbol: no error of `work` can equal it
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  if (!outcome) throw new Error('A rehearsal ended without a result.');
  return outcome.result;
}
