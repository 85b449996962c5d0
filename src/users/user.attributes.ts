import type { Attributes } from '../access/condition.ts';
import type { User } from './user.model.ts';

/** What conditions may ask of a user, as `subject.NAME`. Never a password, nor where somebody was. */
export function attributesOf({ _id, email, emailVerified, username, firstName, lastName }: User, roles: readonly string[]): Attributes {
  const named = { id: _id, email, emailVerified: emailVerified ?? false, username, firstName, lastName, roles: [...roles] };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
