import { domainToASCII, domainToUnicode } from 'node:url';

/** Characters that Node would remove (ignorable ones), decode (%), treat as the end of the name (/ ? #) or not accept in a name. */
const foreign = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}%/\\?#@:[\]]/u;

/** At least two labels. The last one begins with a letter, so that it is not an IP address. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * The form in which a domain is compared (UTS 46): lower case, and punycode for every script.
 *
 * Null if it is not a domain of at least two labels and at most 253 characters, or if it contains invisible characters, control
 * characters or spaces.
 */
export function domainKeyOf(domain: string): string | null {
  const key = foreign.test(domain) ? '' : domainToASCII(domain);
  return key.length <= 253 && hostName.test(key) && isDecodable(key) ? key : null;
}

/** Whether all punycode in a domain means letters. Node 24 keeps punycode that means nothing; earlier versions refuse it. */
function isDecodable(key: string): boolean {
  return !key.includes('xn--') || !/(?:^|\.)xn--/.test(domainToUnicode(key));
}
