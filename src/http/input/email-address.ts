import { domainKeyOf } from './domain-name.ts';

/**
 * Whether a valid address cannot be confused with another one: no invisible, ignorable or control characters, a local part
 * that compatibility normalization (NFKC) does not change and that needs no quotes, and a domain by UTS 46.
 */
export function isOneOfAKind(email: string): boolean {
  const { local, domain } = parted(email);
  return !/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}"]/u.test(local) && local.normalize('NFKC') === local && domainKeyOf(domain) !== null;
}

/**
 * The form in which an address is compared. It ignores letter case and the spelling of the domain.
 *
 * It accepts every stored address, also those from before the rules existed.
 */
export function emailKeyOf(email: string): string {
  const { local, domain } = parted(email);
  return `${local.normalize('NFC').toLowerCase()}@${domainKeyOf(domain) ?? domain.normalize('NFC').toLowerCase()}`;
}

/** The address for mail. Its domain has the compared form, because mail libraries interpret other spellings differently. */
export function mailboxOf(email: string): string {
  const { local, domain } = parted(email);
  return `${local}@${domainKeyOf(domain) ?? domain}`;
}

function parted(email: string): { readonly local: string; readonly domain: string } {
  const at = email.lastIndexOf('@');
  return { local: email.slice(0, Math.max(0, at)), domain: email.slice(at + 1) };
}
