import { domainToASCII } from 'node:url';

/** What Node would drop (ignorable characters), decode (%), cut off (/ ? #) or take for something else than a name before it compares. */
const foreign = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}%/\\?#@:[\]]/u;

/** At least two labels, the last of which begins with a letter, so that it is no IP address. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * The one form of a domain, by which it is compared (UTS 46): in small letters, and in punycode whatever script it was written in.
 *
 * Null for what is no domain of at least two labels and at most 253 characters, and where invisible or control
 * characters, or spaces, stand in it.
 */
export function domainKeyOf(domain: string): string | null {
  const key = foreign.test(domain) ? '' : domainToASCII(domain);
  return key.length <= 253 && hostName.test(key) ? key : null;
}
