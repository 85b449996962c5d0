import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { User } from './user.model.ts';

/** What of a user, or of a client, conditions may ask. */
type Named = Pick<User, '_id' | 'email' | 'emailVerified'>;

/**
 * What conditions may ask of a user, as `subject.NAME`; `subject.memberships.projects` are the ids of projects.
 *
 * Nothing that users merely say about themselves: no names, and an address only once it is confirmed.
 */
export function attributesOf({ _id, email, emailVerified = false }: Named, roles: readonly string[], memberships: MemberOf): Attributes {
  return { id: _id, ...(emailVerified && email !== undefined && { email }), emailVerified, roles: [...roles], memberships };
}
