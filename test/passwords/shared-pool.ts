import { createPasswordPool } from '../../src/passwords/password.pool.ts';

/** One thread for all tests of a process, so that the dictionaries are loaded once; nobody closes it, and it keeps nothing alive. */
export const sharedPool = createPasswordPool({ maxQueue: 1_024, workers: 1 });
