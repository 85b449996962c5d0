import type { Actor } from '../changes/change.service.ts';
import { AppError } from '../errors.ts';
import type { User } from '../users/user.model.ts';
import type { OpenedSession, SessionService } from './session.service.ts';

export interface LoginDeps {
  /** The user with this address, with the stored password; null if there is none. */
  readonly findByEmail: (tenantId: string, email: string) => Promise<User | null>;
  /** Puts a new hash in the place of the one that was compared, if that is still there. */
  readonly storePassword: (user: User, password: NonNullable<User['password']>) => Promise<void>;
  readonly passwords: {
    verify(password: string, stored: User['password'] | null, source?: string): Promise<{ matches: boolean; rehash: boolean }>;
    hash(password: string, source?: string): Promise<NonNullable<User['password']>>;
  };
  readonly sessions: SessionService;
  /** Records a login that failed. */
  readonly noteFailure: (actor: Actor) => void;
}

export type LogIn = (actor: Actor, email: string, password: string) => Promise<OpenedSession>;

/**
 * Makes the login by password.
 *
 * Unknown, disabled and password-less addresses take the same one comparison and give the same `invalid-credentials`
 * as a wrong password. A hash of a lower cost than is now set is renewed. Throws `password-queue-full` under a flood.
 */
export function createLogIn({ findByEmail, storePassword, passwords, sessions, noteFailure }: LoginDeps): LogIn {
  return async (actor, email, password) => {
    const source = actor.ip ?? undefined;
    const user = await findByEmail(actor.tenantId, email);
    const { matches, rehash } = await passwords.verify(password, user?.password ?? null, source);
    if (!user?.isActive || !matches) {
      noteFailure(actor);
      throw new AppError('invalid-credentials');
    }
    if (!rehash) return sessions.open(actor, user);
    const renewed = await passwords.hash(password, source);
    await storePassword(user, renewed);
    return sessions.open(actor, { ...user, password: renewed });
  };
}

