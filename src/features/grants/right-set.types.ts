import type { CompiledGrants, GrantSet } from '../../engine/grants/compiled-grants.ts';
import { grantSetOf } from '../../engine/grants/grant.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { LoginClaims } from '../../tokens/access-claims.ts';
import type { EffectiveGrants } from './grants.types.ts';

/** The claims of an access token that name its session and its login. Without a login, no URL that needs a recent one is open. */
export interface SessionClaims extends Partial<LoginClaims> {
  /** userId or clientId */
  readonly sub: string;
  /** The clientId once more, for clients only. */
  readonly client_id?: string | undefined;
  /** sessionId */
  readonly sid: string;
  readonly tenant: string;
}

/** The grants of a session, compiled for this process. */
export interface SessionGrants {
  readonly grants: CompiledGrants;
  /** The types of all roles that count everywhere and of the roles that they inherit. */
  readonly roleTypes: readonly string[];
  readonly memberOf: MemberOf;
}

/** A principal's effective grants without provenance. Right sets are stored from this. `changesAt`: when an assignment starts or ends. */
export type RightSetContent = GrantSet & Pick<EffectiveGrants, 'roles' | 'roleTypes' | 'memberships' | 'changesAt'>;

/** A stored right set, compiled for this process. */
export interface RightSetRef extends SessionGrants {
  readonly id: string;
  readonly roles: readonly { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** The grants before they were compiled, for the claims of a token. */
  readonly grantSet: Omit<GrantSet, 'rights'>;
  /** When an assignment of this principal starts or ends: the right set is valid for them until then. */
  readonly changesAt: Date | null;
}

/** The content of the right set for these grants. A superadmin's rights are left out: they are all URLs of the running node. */
export function contentOf({ roles, roleTypes, memberships, granted, changesAt }: EffectiveGrants): RightSetContent {
  const grantSet = grantSetOf(granted);
  return { roles, roleTypes, memberships, ...grantSet, ...(grantSet.isSuperadmin && { rights: [] }), changesAt };
}
