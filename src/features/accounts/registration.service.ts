import type { Actor } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { User } from '../users/user.model.ts';
import type { CreateUser, NewUser } from '../users/user.types.ts';

export interface RegisterDeps {
  readonly create: CreateUser;
  /** Counts a registration of this source. Throws `too-many-requests`. */
  readonly takePlace: (actor: Actor) => Promise<void>;
  readonly giveBackPlace: (actor: Actor) => Promise<void>;
}

/** Throws `too-many-requests`, `weak-password`, `password-queue-full`, `email-taken`. */
export type Register = (actor: Actor, user: NewUser & { readonly password: string }) => Promise<User>;

/**
 * Creates the function that registers people by their own wish: they become guests, and are mailed a link to confirm the address.
 *
 * Five times an hour for one source. After a weak password the source may try again; a try with a taken address counts,
 * or else addresses could be tried without end.
 */
export function createRegister({ create, takePlace, giveBackPlace }: RegisterDeps): Register {
  return async (actor, user) => {
    await takePlace(actor);
    try {
      return await create(actor, 'user.register', user);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'email-taken')) await giveBackPlace(actor);
      throw error;
    }
  };
}
