import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { AppError } from '../../errors/errors.ts';
import { createPasswordPool, type PasswordPool } from './password.pool.ts';
import { isPasswordAcceptable, isPasswordReadable, passwordLength } from './password.rule.ts';
import type { Asker } from './password.queue.ts';
import { markOf } from './stored-password.ts';
import type { StoredPassword } from './stored-password.ts';

export type { StoredPassword };

/** `$2b$10$`, 22 characters of salt and 31 of hash. bcrypt has the costs 4 to 31. */
const bcryptForm = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const saltLength = 29;
const productName = 'gatehouse';

export interface PasswordServiceOptions {
  /** bcrypt cost of new hashes: each step up doubles the time. */
  readonly cost: number;
  readonly pepper: { readonly id: string; readonly key: KeyObject };
  /** Maximum number of waiting callers, for known callers and for unknown callers each; by default 128, some 10 s of one thread's work. */
  readonly maxQueue?: number;
  /** Number of threads; by default one fewer than there are cores, at least one. */
  readonly workers?: number;
  /** A pool to use instead of a new one. `close` does not end it. */
  readonly pool?: PasswordPool | undefined;
  /** The host name of this service, such as `login.example.com`. A password must not consist of it. */
  readonly hostName?: string;
}

/** Compares a password with the stored one. If there is none (`null`), compares with a dummy hash of the same cost. */
export type ComparePassword = (
  password: string, stored: StoredPassword | null,
) => Promise<{ readonly matches: boolean; readonly rehash: boolean }>;

/** The user of a new password. */
export interface NewPasswordOwner {
  /** Names and addresses of the user. The password must not consist of them. */
  readonly about: readonly string[];
  readonly asker?: Asker;
  /** Minimum length in characters, if it is more than 12. */
  readonly minimum?: number;
}

export interface PasswordService {
  /**
   * Hashes a new password if it is hard to guess.
   *
   * Throws `weak-password` if it does not have 12 to 256 Unicode code points, if it is common, or if it consists of the words in
   * `about`, the name of the product or the host name. `errors` then names a better choice. Throws also `password-queue-full` and
   * `not-ready`.
   */
  hashNew(password: string, owner: NewPasswordOwner): Promise<StoredPassword>;
  /** Hashes a password and checks only its form. Throws `weak-password`, `password-queue-full` or `not-ready`. */
  hash(password: string, asker?: Asker): Promise<StoredPassword>;
  /**
   * Hashes a password again that has just been compared. Answers null if other callers wait, because the next login can do it too.
   * Throws like `hash`.
   */
  renew(password: string, compared: StoredPassword, asker?: Asker): Promise<StoredPassword | null>;
  /**
   * Waits for a place and holds it while the work runs. The work begins only with a place, and must not wait for another one.
   * Throws `password-queue-full` or `not-ready`.
   *
   * A comparison always takes exactly one bcrypt computation, so its duration does not reveal whether the user exists.
   * A missing password, an unknown pepper and a damaged hash never match. `rehash` is true if the password is correct and its
   * stored cost is below the setting.
   */
  comparing<T>(asker: Asker, work: (compare: ComparePassword) => Promise<T>): Promise<T>;
  /** The load of the threads. */
  load: PasswordPool['load'];
  /** Ends its own threads at once. Work that still waits for them fails with `not-ready`. */
  close(): Promise<void>;
}

/**
 * Creates the service that hashes and compares passwords: NFC (RFC 8265 section 4.2), HMAC-SHA-256 with the pepper, base64,
 * bcrypt.
 *
 * bcryptjs ignores everything after byte 72, so it gets 44 characters that depend on the whole password. A caller has at most two
 * places at the same time. A call without a caller has no such limit.
 */
export function createPasswordService(options: PasswordServiceOptions): PasswordService {
  const { cost, pepper, maxQueue = 128, workers, hostName } = options;
  const serviceNames = [productName, ...(hostName === undefined ? [] : [hostName])];
  const pool = options.pool ?? createPasswordPool({ maxQueue, ...(workers !== undefined && { workers }) });
  const dummy = bcrypt.genSaltSync(cost) + '.'.repeat(31);

  function digest(password: string): string {
    return createHmac('sha256', pepper.key).update(password.normalize('NFC'), 'utf8').digest('base64');
  }

  async function hash(password: string, asker?: Asker): Promise<StoredPassword> {
    if (!isPasswordAcceptable(password)) throw new AppError('weak-password');
    const made = await pool.run({ digest: digest(password), salt: bcrypt.genSaltSync(cost) }, asker);
    return { hash: made, pepperId: pepper.id };
  }

  return {
    hash,
    async renew(password, compared, asker) {
      if (pool.load().queued > 0) return null;
      return { ...await hash(password, asker), renewedFrom: markOf(compared.hash) };
    },
    async hashNew(password, { about, asker, minimum = passwordLength.least }) {
      if (!isPasswordAcceptable(password, minimum)) throw new AppError('weak-password', {
        errors: [{ field: 'password', message: `has fewer than ${minimum} characters, or more than ${passwordLength.most}` }],
      });
      const { isStrong, advice } = await pool.rate({ password, about: [...about, ...serviceNames] }, asker);
      if (!isStrong) throw new AppError('weak-password', { errors: advice.map((message) => ({ field: 'password', message })) });
      return hash(password, asker);
    },
    comparing: (asker, work) => pool.hold(asker, (run) => work(async (password, stored) => {
      const readable = isPasswordReadable(password);
      const storedCost = stored?.pepperId === pepper.id ? bcryptForm.exec(stored.hash)?.[1] : undefined;
      const comparable = readable && storedCost !== undefined;
      const expected = stored && comparable ? stored.hash : dummy;
      const found = await run({ digest: digest(readable ? password : ''), salt: expected.slice(0, saltLength) });
      const matches = comparable && timingSafeEqual(Buffer.from(found), Buffer.from(expected));
      return { matches, rehash: matches && Number(storedCost) < cost };
    })),
    load: pool.load,
    close: () => (options.pool ? Promise.resolve() : pool.close()),
  };
}
