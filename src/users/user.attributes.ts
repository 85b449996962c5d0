import type { Attributes } from '../access/condition.ts';
import type { MemberOf } from '../access/member-of.ts';
import type { User } from './user.model.ts';

/** What of a user, or of a client, conditions may ask. */
type Named = Pick<User, '_id' | 'email' | 'emailVerified' | 'username' | 'firstName' | 'lastName'>;

/** What conditions may ask of a user, as `subject.NAME`; `subject.memberships.projects` are the ids of projects. Never a password, nor where somebody was. */
export function attributesOf({ _id, email, emailVerified, username, firstName, lastName }: Named, roles: readonly string[], memberships: MemberOf): Attributes {
  const named = { id: _id, email, emailVerified: emailVerified ?? false, username, firstName, lastName, roles: [...roles], memberships };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
