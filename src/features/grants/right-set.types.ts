import type { CompiledGrants, GrantSet } from '../../engine/grants/compiled-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { EffectiveGrants } from './grants.types.ts';

/** The claims of an access token that say which session it is for. */
export interface SessionClaims {
  /** userId or clientId */
  readonly sub: string;
  /** The clientId once more, only of clients. */
  readonly client_id?: string | undefined;
  /** sessionId */
  readonly sid: string;
  readonly tenant: string;
}

/** What a session may do, compiled for this process. */
export interface SessionGrants {
  readonly grants: CompiledGrants;
  /** Types of all roles that count everywhere, with those they inherit. */
  readonly roleTypes: readonly string[];
  readonly memberOf: MemberOf;
}

/** A principal's effective grants without provenance. Right sets are stored from this; `changesAt` is when an assignment starts or ends. */
export type RightSetContent = GrantSet & Pick<EffectiveGrants, 'roles' | 'roleTypes' | 'memberships' | 'changesAt'>;

/** A stored right set, compiled for this process. */
export interface RightSetRef extends SessionGrants {
  readonly id: string;
  readonly roles: readonly { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** What the grants were compiled from, for a token to say. */
  readonly grantSet: Omit<GrantSet, 'rights'>;
  /** When an assignment starts or ends, until which it is good for this user. */
  readonly changesAt: Date | null;
}

/** The content of the right set for these effective grants. A superadmin's rights are left out: they are all URLs of the running node. */
export function contentOf({ roles, roleTypes, memberships, granted, changesAt }: EffectiveGrants): RightSetContent {
  const grantSet = grantSetOf(granted);
  return { roles, roleTypes, memberships, ...grantSet, ...(grantSet.isSuperadmin && { rights: [] }), changesAt };
}
