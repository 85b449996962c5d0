import { isOneOfAKind } from '../../../http/input/email-address.ts';
import type { ClaimValue } from './read-source.ts';

/** The address that a provider asserts: none, one plain address, or something that must not be taken for an address. */
export type AssertedAddress = { readonly kind: 'none' } | { readonly kind: 'refused' } | { readonly kind: 'plain'; readonly email: string };

/** Neither a list in one text, nor comments, quotes, routes or names beside the address. */
const plain = /^[^\s@,;:<>()[\]\\"]{1,64}@[^\s@,;:<>()[\]\\"]{1,253}$/u;

/** Reads one plain address. A list, an address with several @, and odd characters are refused: mail systems interpret them differently. */
export function readAddress(values: readonly ClaimValue[]): AssertedAddress {
  const [value, ...others] = values;
  if (value === undefined || value === '') return { kind: 'none' };
  const email = typeof value === 'string' && others.length === 0 ? value.trim() : '';
  const isPlain = email.length <= 254 && plain.test(email) && !/^\.|\.\.|\.@/.test(email) && isOneOfAKind(email);
  return isPlain ? { kind: 'plain', email } : { kind: 'refused' };
}
