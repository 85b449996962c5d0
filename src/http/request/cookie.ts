/**
 * Reads one cookie of a Cookie header (RFC 6265 section 5.4), as it was sent: nothing is decoded.
 *
 * Null if it is not there, or there twice, for then nobody can tell which one was set by whom.
 */
export function readCookie(header: string | undefined, name: string): string | null {
  const values = (header ?? '').split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) ?? null : null;
}
