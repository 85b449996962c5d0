import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import type { Client } from './client.model.ts';

/** A client with its new secret. Nothing else ever returns the secret. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly secret: string;
}

/** The rules of delegation for changes of clients. */
export type ClientDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChange' | 'requireMayChangeEach'>;

/** Finds the grants of roles, without the grants that every caller has. */
export type ResolveRoles = GrantResolver['resolveAssigned'];
