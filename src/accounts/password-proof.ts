import type { Actor } from '../changes/change.service.ts';
import { AppError } from '../errors.ts';
import type { User } from '../users/user.model.ts';

export interface PasswordProofDeps {
  /** With the stored password. */
  readonly findWithPassword: (tenantId: string, userId: string) => Promise<User | null>;
  readonly verify: (password: string, stored: NonNullable<User['password']> | null, source?: string) => Promise<{ readonly matches: boolean }>;
  /** Counts a try before the password is compared. Throws `too-many-requests`. */
  readonly beginTry: (actor: Actor, bucket: TryBucket) => Promise<{ succeeded(): Promise<void> }>;
}

/** What wrong passwords are counted by: whoever holds a session or a link may guess as often as at a login. */
export type TryBucket = { readonly kind: 'session'; readonly id: string } | { readonly kind: 'token'; readonly id: string };

/**
 * Asks somebody who has a session or a link for the password as well, and answers the user.
 *
 * Throws `wrong-password`, `too-many-requests`, `password-queue-full`.
 */
export type ProvePassword = (actor: Actor, userId: string, password: string, bucket: TryBucket) => Promise<User>;

export function createProvePassword({ findWithPassword, verify, beginTry }: PasswordProofDeps): ProvePassword {
  return async (actor, userId, password, bucket) => {
    const attempt = await beginTry(actor, bucket);
    const user = await findWithPassword(actor.tenantId, userId);
    const { matches } = await verify(password, user?.password ?? null, actor.ip ?? undefined);
    if (!user || !matches) throw new AppError('wrong-password');
    await attempt.succeeded();
    return user;
  };
}
