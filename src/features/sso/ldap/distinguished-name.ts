/** The form in which distinguished names are compared: letter case, spaces beside separators, and ways to escape are ignored. */
export function dnKeyOf(dn: string): string {
  // After this, every comma and every quote is a separator.
  const escaped = dn.replace(/\\(?:[\da-f]{2}|([^]))/gi, (pair: string, character?: string) => (
    character === undefined ? pair : `\\${Buffer.from(character).toString('hex')}`));
  return escaped.toLowerCase().replace(/\s*([,=+])\s*/g, '$1').trim();
}

/** Whether an entry is the base, or below it. False for a name in quotes, which RFC 4514 does not know. */
export function isWithin(dn: string, baseDn: string): boolean {
  const [key, base] = [dnKeyOf(dn), dnKeyOf(baseDn)];
  return !key.includes('"') && (key === base || key.endsWith(`,${base}`));
}

/** The value with which an entry is named below its parent (RFC 4514), if it is one of this attribute; otherwise undefined. */
export function ownNameOf(dn: string, attribute: string): string | undefined {
  const [, name = '', value = ''] = /^\s*([^=]+?)\s*=\s*((?:\\[^]|[^\\,+])*)/.exec(dn) ?? [];
  if (name.toLowerCase() !== attribute.toLowerCase() || value.trim() === '') return undefined;
  // A run of escaped bytes is one text of UTF-8.
  const bytes = value.trim().replace(/(?:\\[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString());
  return bytes.replace(/\\([^])/g, '$1');
}
