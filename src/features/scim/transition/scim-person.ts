import type { AttributeMapping } from '../../identities/identity.types.ts';
import { chooseEmail, workEmailOf } from '../read-resource.ts';
import { invalidValue } from '../scim-error.ts';
import type { ScimComplex, ScimValue, ScimValues } from '../scim.types.ts';
import { isList } from '../text-keys.ts';

/** Which attribute of SCIM is the subject of logins at the same provider. */
export type ScimSubject = 'externalId' | 'userName' | 'emails.work';

/** A person as a directory describes them by SCIM: the input of the rules that decide which person becomes which user. */
export interface ScimPerson {
  /** 1 to 255 characters. A login with this subject finds the same identity. */
  readonly subject: string;
  readonly externalId?: string;
  /** Read with `scimMapping`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The attribute mapping of the claims below. Unlike those of logins, it is no part of a provider. */
export const scimMapping: AttributeMapping = {
  subject: 'subject', email: 'email', username: 'userName', firstName: 'givenName', lastName: 'familyName', department: 'department',
  groups: 'groups',
};

const maxSubject = 255;

/**
 * Converts the values of a user resource to a person. `groups` are the names of the person's groups.
 *
 * The claims have the address that the resource prefers, and no `emailVerified`: a directory does not say whether it has proved an address.
 * Throws `invalidValue` if the resource has no value for the subject.
 */
export function personOf(values: ScimValues, groups: readonly string[], scimSubject: ScimSubject): ScimPerson {
  const { externalId } = values;
  const subject = { externalId, userName: values['userName'], 'emails.work': workEmailOf(values) }[scimSubject];
  if (typeof subject !== 'string' || Array.from(subject).length > maxSubject) {
    throw invalidValue(`${scimSubject} must have 1 to ${maxSubject} characters: this provider names persons by it.`);
  }
  const { name } = values;
  const { givenName, familyName } = isComplex(name) ? name : {};
  const { userName, department } = values;
  const claims = { subject, email: chooseEmail(values), userName, givenName, familyName, department };
  return {
    subject, ...(typeof externalId === 'string' && { externalId }),
    claims: { ...Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)), groups: [...groups] },
  };
}

function isComplex(value: ScimValue | undefined): value is ScimComplex {
  return typeof value === 'object' && !isList(value);
}
