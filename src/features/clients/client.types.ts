import type { Caller } from '../../engine/caller.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Client } from './client.model.ts';

/** A client with its new secret, which is told here and nowhere else. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly secret: string;
}

interface GrantsOfRoles {
  readonly granted: readonly Grant[];
  /** roleIds */
  readonly roles: readonly string[];
}

/** The rules of delegation for those who change clients. Inside a transaction, `session` names it. */
export interface ClientDelegation {
  /** Throws `target-outranks-caller`. */
  requireMayActOn(caller: Caller, clients: readonly Client[], session?: ClientSession): Promise<void>;
  /** Throws `grants-exceed-own`. */
  requireMayChange(caller: Caller, before: GrantsOfRoles, after: GrantsOfRoles, session?: ClientSession): Promise<void>;
  /** Throws `target-outranks-caller`, `grants-exceed-own`. */
  requireMayChangeEach(
    caller: Caller, clients: readonly Client[], change: (client: Client) => Client, session?: ClientSession,
  ): Promise<void>;
}

/** What these roles give, without what everybody holds. */
export type ResolveRoles = (
  tenantId: string, assigned: { readonly roles: readonly string[] }, session?: ClientSession,
) => Promise<Grant[]>;
