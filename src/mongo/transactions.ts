import type { ClientSession, Connection } from 'mongoose';

/**
 * Runs `work` in one transaction: all of its writes, or none.
 *
 * `work` may run several times when two transactions meet, so it must do nothing but database calls with the given
 * session, one after the other. Reads see one snapshot.
 */
export async function inTransaction<T>(connection: Connection, work: (session: ClientSession) => Promise<T>): Promise<T> {
  const session = await connection.startSession();
  try {
    return await session.withTransaction(work, {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
    });
  } finally {
    await session.endSession();
  }
}

/** A transaction that is undone although nothing failed. */
const undone = Symbol('undone');

/** Runs `work` as {@link inTransaction} would and then undoes it: what it answers is what would have happened. */
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
