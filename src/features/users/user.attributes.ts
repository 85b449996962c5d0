import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { SubjectAttributes } from '../../engine/policies/subject-attributes.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { User } from './user.model.ts';

/** The fields of a user or client that conditions may read. */
type Named = Pick<User, '_id' | 'email' | 'emailVerified' | 'department' | 'attributes'>;

/**
 * The attributes of a user that conditions may read as `subject.NAME`. `subject.memberships.projects` is a list of project ids.
 *
 * They include nothing that users only claim about themselves: no names, and the address only if it is confirmed. A provider asserts
 * `department` and `attributes`.
 */
export function attributesOf(
  { _id, email, emailVerified = false, department, attributes }: Named, roles: readonly string[], memberships: MemberOf,
): Attributes {
  return {
    id: _id, ...(emailVerified && email !== undefined && { email }), emailVerified, roles: [...roles], memberships,
    ...(department !== undefined && { department }), ...(attributes && { attributes }),
  } satisfies SubjectAttributes;
}
