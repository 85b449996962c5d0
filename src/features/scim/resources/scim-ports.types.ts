import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { LinkedUser } from '../transition/access-change.ts';
import type { ScimSubject } from '../transition/scim-person.ts';
import type { UserTransition } from '../transition/user-transition.ts';

/** The provider whose token asks. */
export interface ScimClient {
  readonly tenantId: string;
  readonly providerId: string;
  readonly scimSubject: ScimSubject;
}

/** What SCIM needs of the features that own users, identities and sessions. All of it happens in the transaction of the request. */
export interface ScimPorts {
  /** The user and the identity that have this scimId; undefined if the identity was unlinked. */
  readLinked(tx: ChangeTransaction, client: ScimClient, scimId: string): Promise<LinkedUser | undefined>;
  /**
   * Does what a transition says, ends the sessions that it names, and records `user.provision` or `user.deprovision`.
   *
   * Throws `uniqueness` (409) if another user has the address or the subject, `tenant-full`, `last-superadmin`, `last-way-in`.
   */
  applyTransition(tx: ChangeTransaction, client: ScimClient, scimId: string, transition: UserTransition): Promise<void>;
  /** Replaces the asserted groups of persons, by scimId. Their sessions read their rights again. */
  assertGroups(tx: ChangeTransaction, client: ScimClient, groups: ReadonlyMap<string, readonly string[]>): Promise<void>;
}
