/**
 * Reads one cookie of a Cookie header (RFC 6265 section 5.4), without decoding it.
 *
 * Null if it is absent. Null also if it was sent twice, because nobody knows which site set which one.
 */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? '').split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) ?? null : null;
}

/** The names of all cookies of a Cookie header, in their order. */
export function cookieNames(header: string | undefined): string[] {
  return (header ?? '').split(';').map((pair) => pair.trim().split('=', 1)[0] ?? '').filter((name) => name !== '');
}
