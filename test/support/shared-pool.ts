import { createPasswordPool } from '../../src/platform/passwords/password.pool.ts';

/**
 * One thread for all tests of a process, so that the dictionaries are loaded once; nobody closes it, and it keeps nothing alive.
 *
 * It cuts off late: on a busy machine anything may take a second.
 */
export const sharedPool = createPasswordPool({ maxQueue: 1_024, workers: 1, rateLimit: 15_000 });
