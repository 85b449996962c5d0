import type { ScimValues } from '../scim.types.ts';
import { planAccess } from './access-change.ts';
import type { AccessChange, LinkedUser } from './access-change.ts';
import { personOf } from './scim-person.ts';
import type { ScimPerson, ScimSubject } from './scim-person.ts';

export interface TransitionContext {
  readonly providerId: string;
  readonly scimSubject: ScimSubject;
  /** The names of the groups of the provider that the person is in. */
  readonly groups: readonly string[];
}

/**
 * What one change of a user resource means for Gatehouse, in one transaction.
 *
 * - "provision": the identity of the person is found by its subject, else linked or made by the rules of `linking.ts`. It gets the scimId.
 *   Then `planAccess` applies to the user that was found.
 * - "update": the person is written to the identity that has the scimId.
 * - "remove": `identity` says what becomes of the identity.
 */
export type UserTransition =
  | { readonly kind: 'provision'; readonly person: ScimPerson; readonly active: boolean }
  | { readonly kind: 'update'; readonly person: ScimPerson; readonly access: AccessChange }
  | { readonly kind: 'remove'; readonly identity: 'deleted' | 'switched-off'; readonly access: AccessChange };

/**
 * Says what a change of a user resource means. `after` is undefined if the resource is deleted.
 *
 * A deleted person with another way in loses the identity. Without one, the user is disabled and the identity stays, switched off and
 * without its scimId: if the directory creates the same person again, the same user is enabled again. A new one would meet the address of
 * the first.
 *
 * Throws `invalidValue` if the resource has no value for the subject.
 */
export function planUser(
  { providerId, scimSubject, groups }: TransitionContext, linked: LinkedUser | undefined, after: ScimValues | undefined,
): UserTransition {
  if (!after) {
    const identity = linked?.hasOtherWay ? 'deleted' as const : 'switched-off' as const;
    return { kind: 'remove', identity, access: linked ? planAccess(false, linked, providerId) : { ends: 'nothing' } };
  }
  const person = personOf(after, groups, scimSubject);
  const active = typeof after['active'] === 'boolean' ? after['active'] : undefined;
  if (!linked) return { kind: 'provision', person, active: active ?? true };
  return { kind: 'update', person, access: planAccess(active, linked, providerId) };
}
