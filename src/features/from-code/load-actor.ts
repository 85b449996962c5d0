import type { Caller } from '../../engine/caller.ts';
import { AppError } from '../../errors/errors.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { ActorRef } from './from-code.types.ts';
import type { PrincipalId, ReadPrincipalNow } from './principal-now.ts';

/** The actor of a call from code. */
export interface LoadedActor {
  readonly caller: Caller;
  /**
   * Reads the actor again in a transaction, with a lock: another change of the actor at the same moment conflicts.
   *
   * Throws `actor-refused`.
   */
  readonly readAgain: (session: ClientSession) => Promise<Caller>;
}

/** Loads an actor. Throws `actor-refused`, and a TypeError if the call names no actor or two. */
export type LoadActor = (actor: unknown) => Promise<LoadedActor>;

export interface LoadActorDeps {
  /** The tenant of a client, and the stored tenant of a user. Null if there is none. */
  readonly tenantOfClient: (clientId: string) => string | null;
  readonly tenantOfUser: (userId: string) => Promise<string | null>;
  /** Loads the location of a tenant; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly inSnapshot: <T>(read: (session: ClientSession) => Promise<T>) => Promise<T>;
  readonly readPrincipalNow: ReadPrincipalNow;
  /** Writes to the principal, so that another change of it at the same moment conflicts. */
  readonly lock: (principal: PrincipalId, session: ClientSession) => Promise<unknown>;
}

const usage = 'A call from code needs its actor: pass { actor: { userId } } or { actor: { clientId } }.';

/** Creates the function that loads the actor of a call. */
export function createLoadActor(
  { tenantOfClient, tenantOfUser, ensureLocated, inSnapshot, readPrincipalNow, lock }: LoadActorDeps,
): LoadActor {
  async function read(principal: PrincipalId, session: ClientSession): Promise<Caller> {
    const found = await readPrincipalNow(principal, session);
    if (typeof found === 'string') throw new AppError('actor-refused');
    return found.caller;
  }

  return async (actor) => {
    const { kind, id } = readRef(actor);
    const tenantId = kind === 'client' ? tenantOfClient(id) : await tenantOfUser(id);
    if (tenantId === null) throw new AppError('actor-refused');
    await ensureLocated(tenantId);
    const principal = { kind, id, tenantId };
    const caller = await inSnapshot((session) => read(principal, session));
    return {
      caller,
      async readAgain(session) {
        await lock(principal, session);
        return read(principal, session);
      },
    };
  };
}

function readRef(actor: unknown): Pick<PrincipalId, 'kind' | 'id'> {
  const given = typeof actor === 'object' ? actor ?? {} : {};
  const { userId, clientId } = given as Partial<Record<keyof ActorRef, unknown>>; // every object may have these fields
  if (isId(userId) && clientId === undefined) return { kind: 'user', id: userId };
  if (isId(clientId) && userId === undefined) return { kind: 'client', id: clientId };
  throw new TypeError(usage);
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
