import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import type { Client } from './client.model.ts';

/** A client with its new secret, which is told here and nowhere else. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly secret: string;
}

/** The rules of delegation for those who change clients. Inside a transaction, `session` names it. */
export type ClientDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChange' | 'requireMayChangeEach'>;

/** What these roles give, without what everybody holds. */
export type ResolveRoles = GrantResolver['resolveAssigned'];
