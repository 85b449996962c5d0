import type { Element } from '@xmldom/xmldom';
import { attributeOf, childrenNamed, onlyChild, plainText } from '../xml/elements.ts';
import { readInstant } from '../xml/instants.ts';
import { nameOf } from './assertion-checks.ts';

/** What a provider proved about a person by a signed assertion. */
export interface ProvedSamlPerson {
  /** Attributes by their names, and the NameID as `nameID`, which no attribute replaces. The attribute mapping reads them. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly nameId: string;
  /** Part of who it is: the same text in another format may be somebody else. */
  readonly nameIdFormat?: string;
  /** The provider's name of the session. */
  readonly sessionIndex?: string;
  /** ms since 1970 */
  readonly authenticatedAt: number;
  /** AuthnContextClassRef: how the person was authenticated. */
  readonly authnContext?: string;
}

/** Reads the person of an assertion that was verified and checked. */
export function readAssertion(assertion: Element): ProvedSamlPerson {
  const name = nameOf(assertion);
  const nameId = plainText(name) ?? '';
  const nameIdFormat = attributeOf(name, 'Format');
  const statement = onlyChild(assertion, 'assertion', 'AuthnStatement');
  const sessionIndex = attributeOf(statement, 'SessionIndex');
  const authnContext = plainText(onlyChild(onlyChild(statement, 'assertion', 'AuthnContext'), 'assertion', 'AuthnContextClassRef'));
  return {
    claims: { ...attributesOf(assertion), nameID: nameId }, nameId,
    authenticatedAt: readInstant(attributeOf(statement, 'AuthnInstant')) ?? 0, ...(nameIdFormat !== null && { nameIdFormat }),
    ...(sessionIndex !== null && { sessionIndex }), ...(authnContext !== null && { authnContext }),
  };
}

/** A list of values for each name. Some providers, such as Keycloak, repeat the attribute for each value. */
function attributesOf(assertion: Element): Record<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, 'assertion', 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, 'assertion', 'Attribute')) {
      const name = attributeOf(attribute, 'Name') ?? '';
      const found = childrenNamed(attribute, 'assertion', 'AttributeValue').flatMap((value) => plainText(value) ?? []);
      if (name !== '') values.set(name, [...values.get(name) ?? [], ...found]);
    }
  }
  return Object.fromEntries(values);
}
