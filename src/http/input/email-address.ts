import { domainKeyOf } from './domain-name.ts';

/**
 * Whether an address, which has the form of one, looks like no other one: no invisible, ignorable or control character,
 * a local part that compatibility normalization (NFKC) leaves as it is and that needs no quotes, and a domain by UTS 46.
 */
export function isOneOfAKind(email: string): boolean {
  const { local, domain } = parted(email);
  return !/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}"]/u.test(local) && local.normalize('NFKC') === local && domainKeyOf(domain) !== null;
}

/**
 * How an address is compared: letter case does not make two, nor does a domain in another script or spelling.
 *
 * Takes whatever was stored, also before there were rules.
 */
export function emailKeyOf(email: string): string {
  const { local, domain } = parted(email);
  return `${local.normalize('NFC').toLowerCase()}@${domainKeyOf(domain) ?? domain.normalize('NFC').toLowerCase()}`;
}

/** The address to which mail goes: with the domain as it is compared, since mail libraries read other spellings in ways of their own. */
export function mailboxOf(email: string): string {
  const { local, domain } = parted(email);
  return `${local}@${domainKeyOf(domain) ?? domain}`;
}

function parted(email: string): { readonly local: string; readonly domain: string } {
  const at = email.lastIndexOf('@');
  return { local: email.slice(0, Math.max(0, at)), domain: email.slice(at + 1) };
}
