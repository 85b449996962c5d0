import type { Actor } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { BeginTry } from '../../../platform/limits/login-backoff.ts';
import type { PasswordService } from '../../../platform/passwords/password.service.ts';
import type { User } from '../../users/user.model.ts';

export interface PasswordProofDeps {
  /** Returns the user with the stored password. */
  readonly findWithPassword: (tenantId: string, userId: string) => Promise<User | null>;
  readonly comparing: PasswordService['comparing'];
  /** Limits failed tries. Throws `too-many-requests`: at once if this node knows already that the limit is reached. */
  readonly limitTry: (actor: Actor, bucket: TryBucket) => BeginTry;
}

/** The bucket that counts wrong passwords. A session or a link allows as many tries as a login. */
export type TryBucket = { readonly kind: 'session'; readonly id: string } | { readonly kind: 'token'; readonly id: string };

/**
 * Checks the password of a user who has a session or a link, and returns the user.
 *
 * Throws `wrong-password`, `too-many-requests`, `password-queue-full`.
 */
export type ProvePassword = (actor: Actor, userId: string, password: string, bucket: TryBucket) => Promise<User>;

export function createProvePassword({ findWithPassword, comparing, limitTry }: PasswordProofDeps): ProvePassword {
  return async (actor, userId, password, bucket) => {
    const begin = limitTry(actor, bucket);
    return comparing(bucket.kind === 'session' ? { known: `user ${userId}` } : sourceOf(actor.ip), async (compare) => {
      const attempt = await begin();
      const user = await findWithPassword(actor.tenantId, userId);
      const { matches } = await compare(password, user?.password ?? null);
      if (!user || !matches) throw new AppError('wrong-password');
      await attempt.succeeded();
      return user;
    });
  };
}
