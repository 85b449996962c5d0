import { invalidValue } from '../scim-error.ts';
import type { ScimMemberStore } from '../store/scim-members.store.ts';
import type { ScimResourceStore } from '../store/scim-resource.store.ts';
import { planGroup } from '../transition/group-transition.ts';
import { planUser } from '../transition/user-transition.ts';
import type { FollowChange } from './change-resource.ts';
import type { ScimPorts } from './scim-ports.types.ts';

export interface FollowUserDeps {
  readonly members: ScimMemberStore;
  readonly ports: Pick<ScimPorts, 'readLinked' | 'applyTransition'>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the function that carries a change of a user resource over to users, identities and sessions. */
export function createFollowUser({ members, ports, clock }: FollowUserDeps): FollowChange {
  return async (tx, client, id, before, after) => {
    const { tenantId, providerId, scimSubject } = client;
    const groups = before ? await members.groupNamesOf({ tenantId, providerId, session: tx.session }, [id]) : undefined;
    const linked = before ? await ports.readLinked(tx, client, id) : undefined;
    const transition = planUser({ providerId, scimSubject, groups: groups?.get(id) ?? [] }, linked, after);
    await ports.applyTransition(tx, client, id, transition);
    if (!after) await members.removeUser(tx, providerId, id, new Date(clock()));
  };
}

export interface FollowGroupDeps {
  readonly users: Pick<ScimResourceStore, 'existing'>;
  readonly members: Pick<ScimMemberStore, 'groupNamesOf'>;
  readonly ports: Pick<ScimPorts, 'assertGroups'>;
}

/**
 * Creates the function that carries a change of a group resource over to the asserted groups of its members.
 *
 * It throws `invalidValue` if an added member is no user of the same provider: a group cannot reach persons of another one.
 */
export function createFollowGroup({ users, members, ports }: FollowGroupDeps): FollowChange {
  return async (tx, client, _id, before, after) => {
    const scope = { tenantId: client.tenantId, providerId: client.providerId, session: tx.session };
    const { added, affected } = planGroup(before, after);
    if (added.length > 0 && (await users.existing(scope, added)).length < added.length) {
      throw invalidValue('Each of members must be the id of a user.');
    }
    if (affected.length > 0) await ports.assertGroups(tx, client, await members.groupNamesOf(scope, affected));
  };
}
