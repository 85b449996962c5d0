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

/** Registers a user. Throws `too-many-requests`, `weak-password`, `password-queue-full`, `email-taken`. */
export type Register = (actor: Actor, user: NewUser & { readonly password: string }) => Promise<User>;

/**
 * Creates the function that registers new users. They become guests, and a mailed link confirms their address.
 *
 * One source may register five users an hour. A try with a weak password does not count. A try with a taken address counts,
 * so that a source cannot test any number of addresses.
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
