/** The form in which distinguished names are compared: letter case and spaces beside separators are ignored. */
export function nameKeyOf(dn: string): string {
  return dn.toLowerCase().replace(/\s*([,=+])\s*/g, '$1').trim();
}

/** Whether an entry is the base, or below it. */
export function isWithin(dn: string, baseDn: string): boolean {
  const [key, base] = [nameKeyOf(dn), nameKeyOf(baseDn)];
  return key === base || key.endsWith(`,${base}`);
}

/** The value with which an entry is named below its parent (RFC 4514), if it is one of this attribute; otherwise undefined. */
export function ownNameOf(dn: string, attribute: string): string | undefined {
  const [, name = '', value = ''] = /^\s*([^=]+?)\s*=\s*((?:\\[^]|[^\\,+])*)/.exec(dn) ?? [];
  if (name.toLowerCase() !== attribute.toLowerCase() || value.trim() === '') return undefined;
  // A run of escaped bytes is one text of UTF-8.
  const bytes = value.trim().replace(/(?:\\[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString());
  return bytes.replace(/\\([^])/g, '$1');
}
