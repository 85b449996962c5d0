/** The value of the first `CN=` of a distinguished name (RFC 4514), such as `eng` of `CN=eng,OU=Groups`; undefined if there is none. */
export function commonNameOf(name: string): string | undefined {
  for (const part of partsOf(name)) {
    const [, value] = /^\s*cn\s*=\s*(.*)$/is.exec(part) ?? [];
    if (value !== undefined) return unescaped(value.trim());
  }
  return undefined;
}

/** Splits at commas and plus signs that have no backslash before them. */
function partsOf(name: string): string[] {
  return name.match(/(?:\\.|[^\\,+])+/gs) ?? [];
}

function unescaped(value: string): string {
  // A run of escaped bytes is one text of UTF-8.
  const bytes = value.replace(/(?:\\[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString());
  return bytes.replace(/\\(.)/gs, '$1');
}
