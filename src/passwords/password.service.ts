import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { AppError } from '../errors.ts';
import { createPasswordPool, type PasswordPool } from './password.pool.ts';
import { isPasswordAcceptable, isPasswordReadable } from './password.rule.ts';

/** `$2b$10$`, 22 characters of salt and 31 of hash; bcrypt knows the costs 4 to 31. */
const bcryptForm = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const saltLength = 29;

/** What is kept of a password. */
export interface StoredPassword {
  readonly hash: string;
  /** Which pepper went into the hash. */
  readonly pepperId: string;
}

export interface PasswordServiceOptions {
  /** bcrypt cost of new hashes: each step up doubles the time. */
  readonly cost: number;
  readonly pepper: { readonly id: string; readonly key: KeyObject };
  /** How many computations may wait; 64 by default. */
  readonly maxQueue?: number;
  /** Threads; by default one fewer than cores, at least one. */
  readonly workers?: number;
  /** Replaces the worker pool. */
  readonly pool?: PasswordPool;
}

export interface PasswordService {
  /** Throws `weak-password` unless the password has 12 to 256 Unicode code points and no lone surrogate. */
  check(password: string): void;
  /** Hashes a password that passes `check`; refuses with `weak-password`, `password-queue-full` or `not-ready`. */
  hash(password: string, source?: string): Promise<StoredPassword>;
  /**
   * Compares a password with what is stored, or with a dummy of the same cost when there is nothing (`null`).
   *
   * Takes exactly one bcrypt computation whatever is given, so its time does not tell whether the user exists.
   * Nothing stored, an unknown pepper or a damaged hash never match. `rehash` asks for a new hash: the password is right
   * and its stored cost is below the setting. Refuses with `password-queue-full` or `not-ready`.
   */
  verify(password: string, stored: StoredPassword | null, source?: string): Promise<{ matches: boolean; rehash: boolean }>;
  /** Ends the threads at once; whatever still waits fails with `not-ready`. */
  close(): Promise<void>;
}

/**
 * Makes the service that stores and compares passwords: NFC (RFC 8265 section 4.2), HMAC-SHA-256 with the pepper, base64,
 * bcrypt.
 *
 * bcryptjs ignores what follows byte 72, so it gets 44 characters that depend on the whole password. A `source`
 * (an IP address) holds at most two places in the queue; without one there is no such limit.
 */
export function createPasswordService(options: PasswordServiceOptions): PasswordService {
  const { cost, pepper, maxQueue = 64, workers } = options;
  const pool = options.pool ?? createPasswordPool({ maxQueue, ...(workers !== undefined && { workers }) });
  const dummy = bcrypt.genSaltSync(cost) + '.'.repeat(31);

  function digest(password: string): string {
    return createHmac('sha256', pepper.key).update(password.normalize('NFC'), 'utf8').digest('base64');
  }

  function check(password: string): void {
    if (!isPasswordAcceptable(password)) throw new AppError('weak-password');
  }

  return {
    check,
    async hash(password, source) {
      check(password);
      const hash = await pool.run({ digest: digest(password), salt: bcrypt.genSaltSync(cost) }, source);
      return { hash, pepperId: pepper.id };
    },
    async verify(password, stored, source) {
      const readable = isPasswordReadable(password);
      const storedCost = stored?.pepperId === pepper.id ? bcryptForm.exec(stored.hash)?.[1] : undefined;
      const comparable = readable && storedCost !== undefined;
      const expected = stored && comparable ? stored.hash : dummy;
      const found = await pool.run({ digest: digest(readable ? password : ''), salt: expected.slice(0, saltLength) }, source);
      const matches = comparable && timingSafeEqual(Buffer.from(found), Buffer.from(expected));
      return { matches, rehash: matches && Number(storedCost) < cost };
    },
    close: () => pool.close(),
  };
}
