import { AppError } from '../../errors/errors.ts';

/**
 * Waits for a database call at most `milliseconds`; then throws `database-unreachable`.
 *
 * The driver notices a server that is gone, but one that hangs keeps a call waiting; the gate must not hang with it.
 */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('database-unreachable')), milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
