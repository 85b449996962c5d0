import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { AppError } from '../../errors/errors.ts';
import { createPasswordPool, type PasswordPool } from './password.pool.ts';
import { isPasswordAcceptable, isPasswordReadable, passwordLength } from './password.rule.ts';
import type { Asker } from './password.queue.ts';
import { markOf } from './stored-password.ts';
import type { StoredPassword } from './stored-password.ts';

export type { StoredPassword };

/** `$2b$10$`, 22 characters of salt and 31 of hash; bcrypt knows the costs 4 to 31. */
const bcryptForm = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
const saltLength = 29;
const productName = 'gatehouse';

export interface PasswordServiceOptions {
  /** bcrypt cost of new hashes: each step up doubles the time. */
  readonly cost: number;
  readonly pepper: { readonly id: string; readonly key: KeyObject };
  /** How many may wait for a place, of those who are known and of the others each; by default 128, some 10 s of one thread's work. */
  readonly maxQueue?: number;
  /** Threads; by default one fewer than cores, at least one. */
  readonly workers?: number;
  /** In place of one of its own, which `close` would end. */
  readonly pool?: PasswordPool | undefined;
  /** Where people reach this service, such as `login.example.com`: no password may be made of it. */
  readonly hostName?: string;
}

/** Compares a password with what is stored, or with a dummy of the same cost when there is nothing (`null`). */
export type ComparePassword = (
  password: string, stored: StoredPassword | null,
) => Promise<{ readonly matches: boolean; readonly rehash: boolean }>;

/** Whom a new password is for. */
export interface NewPasswordOwner {
  /** Names and addresses of the user, which the password may not be made of. */
  readonly about: readonly string[];
  readonly asker?: Asker;
  /** Characters, where more than 12 are asked for. */
  readonly minimum?: number;
}

export interface PasswordService {
  /**
   * Hashes a password that somebody chooses, if it is hard to guess.
   *
   * Refuses with `weak-password` one that is not of 12 to 256 Unicode code points, that is common, or that is made of
   * what it is `about`, the product or the host; `errors` then says what would be better. Also with
   * `password-queue-full` or `not-ready`.
   */
  hashNew(password: string, owner: NewPasswordOwner): Promise<StoredPassword>;
  /** Hashes a password by its form alone; refuses with `weak-password`, `password-queue-full` or `not-ready`. */
  hash(password: string, asker?: Asker): Promise<StoredPassword>;
  /**
   * Hashes a password again that has just been compared with what is stored; null where others wait, since that can be done at the
   * next login as well. Refuses like `hash`.
   */
  renew(password: string, compared: StoredPassword, asker?: Asker): Promise<StoredPassword | null>;
  /**
   * Waits for a place and holds it as long as the work takes, which must not ask for another one: nothing is done in vain for
   * one that finds none. Refuses with `password-queue-full` or `not-ready`.
   *
   * A comparison takes exactly one bcrypt computation whatever is given, so its time does not tell whether the user exists.
   * Nothing stored, an unknown pepper or a damaged hash never match. `rehash` asks for a new hash: the password is right
   * and its stored cost is below the setting.
   */
  comparing<T>(asker: Asker, work: (compare: ComparePassword) => Promise<T>): Promise<T>;
  /** How busy the threads are. */
  load: PasswordPool['load'];
  /** Ends its own threads at once; whatever still waits for them fails with `not-ready`. */
  close(): Promise<void>;
}

/**
 * Creates the service that stores and compares passwords: NFC (RFC 8265 section 4.2), HMAC-SHA-256 with the pepper, base64,
 * bcrypt.
 *
 * bcryptjs ignores what follows byte 72, so it gets 44 characters that depend on the whole password. An asker
 * has two places at most at the same time; without an asker there is no such limit.
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
