/**
 * Parses a JSON object from bytes, more strictly than `JSON.parse`, so that two parsers cannot see different objects.
 *
 * Returns undefined for invalid UTF-8, a byte order mark, a value that is not an object, and a repeated member name in an
 * object at any depth (RFC 7515 section 4 and RFC 7519 section 4 let a parser refuse these).
 */
export function parseStrictObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    return isObject(value) && !repeatsMember(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

// ignoreBOM keeps the mark in the text, so that JSON.parse refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The strings and brackets of a JSON text. A colon after a string marks a member name. */
const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Expects valid JSON. Only there, every string before a colon is a member name. */
function repeatsMember(text: string): boolean {
  const open: Set<unknown>[] = [];
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (colon !== undefined) {
      // Compare decoded names, because "\u0061lg" and "alg" are the same name.
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
