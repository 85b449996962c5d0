import { AppError } from '../../errors/errors.ts';

/**
 * Waits for a database call at most `milliseconds`. After that, throws `database-unreachable`.
 *
 * The driver detects a server that is gone, but a server that hangs would keep the call, and the gate, waiting.
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
