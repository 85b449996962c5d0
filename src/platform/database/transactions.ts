import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

/**
 * Runs `work` in one transaction: all of its writes, or none.
 *
 * `work` may run several times when two transactions meet, so it must do nothing but database calls with the given
 * session, one after the other. Reads see one snapshot.
 */
export async function inTransaction<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  const { serverSession } = session;
  try {
    return await session.withTransaction((inner) => {
      attempts.set(inner, {});
      return work(inner);
    }, {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } catch (error) {
    if (isUnanswered(error)) {
      serverSession.isDirty = true; // so that no other transaction is given the session that is ended here
      void undoAtServer(connection, serverSession.id);
    }
    throw error;
  } finally {
    await session.endSession();
  }
}

const attempts = new WeakMap<ClientSession, object>();

/** Stands for the attempt that a transaction is in: another object each time that it starts over. */
export function attemptOf(session: ClientSession): object {
  const attempt = attempts.get(session);
  if (!attempt) throw new Error('This session is in no transaction of inTransaction().');
  return attempt;
}

/** How long a database keeps what an abandoned transaction has locked, in ms (transactionLifetimeLimitSeconds). */
const lockLifetime = 60_000;

/**
 * Undoes what was left open because the database did not answer, as soon as it does.
 *
 * Else a database that comes back from a pause, unlike one that was started again, would keep everybody from those
 * documents for a minute. A user may end sessions of their own, so that this needs no privilege.
 */
async function undoAtServer(connection: Connection, sessionId: unknown): Promise<void> {
  const end = performance.now() + lockLifetime;
  while (performance.now() < end) {
    try {
      await connection.db?.admin().command({ killSessions: [sessionId] });
      return;
    } catch (error) {
      // Where the command is not served, the lock ends by itself.
      if (!isUnanswered(error)) return;
      await sleep(250, undefined, { ref: false });
    }
  }
}

/** Says whether an error of the driver is no answer of a server: those have a number. */
function isUnanswered(error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoError && typeof error.code !== 'number';
}

/** A transaction that is undone although nothing failed. */
const undone = Symbol('undone');

/** Runs `work` as {@link inTransaction} would and then undoes it. Returns the result that it would have had. */
export async function rehearse<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  let outcome: { readonly result: T } | undefined;
  try {
    await inTransaction(connection, async (session) => {
      outcome = { result: await work(session) };
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- a private mark: no Error of the work can be mistaken for it
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  if (!outcome) throw new Error('A rehearsal ended without a result.');
  return outcome.result;
}
