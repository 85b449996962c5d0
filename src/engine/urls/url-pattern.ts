/** One part of a registered URL between two slashes. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'wildcard'; readonly name: string };

/** A parsed registered URL. */
export interface UrlPattern {
  /** As declared, without a trailing slash. */
  readonly url: string;
  readonly segments: readonly Segment[];
  /** Equal for two patterns that match the same paths: letter case and parameter names do not matter. */
  readonly shape: string;
}

/**
 * Parses a URL such as `/users/:userId` or `/files/*path`.
 *
 * It accepts only what the trie and the router of Express match alike: whole-segment parameters, and a wildcard at the end.
 * Throws an Error that names the faulty part.
 */
export function parsePattern(url: string): UrlPattern {
  if (!url.startsWith('/')) throw new Error(`"${url}" does not start with a slash.`);
  const trimmed = url.length > 1 && url.endsWith('/') ? url.slice(0, -1) : url;
  const parts = trimmed === '/' ? [] : trimmed.slice(1).split('/');
  const segments = parts.map((part, index) => parseSegment(part, index === parts.length - 1, url));
  return { url: trimmed, segments, shape: `/${segments.map(shapeOf).join('/')}` };
}

function parseSegment(part: string, isLast: boolean, url: string): Segment {
  if (/^:[A-Za-z_]\w*$/.test(part)) return { kind: 'param', name: part.slice(1) };
  if (/^\*[A-Za-z_]\w*$/.test(part)) {
    if (!isLast) throw new Error(`"${url}" has a wildcard that is not its last part.`);
    return { kind: 'wildcard', name: part.slice(1) };
  }
  if (/^[A-Za-z0-9._~-]+$/.test(part) && part !== '.' && part !== '..') return { kind: 'literal', text: part.toLowerCase() };
  throw new Error(`"${url}" has a part "${part}". A part is letters, digits and -._~, or a whole :parameter or *wildcard.`);
}

function shapeOf(segment: Segment): string {
  if (segment.kind === 'literal') return segment.text;
  return segment.kind === 'param' ? ':' : '*';
}

/** Joins a root and a name with exactly one slash: `('/users/', 'login')` is `/users/login`. */
export function joinUrl(root: string, name: string): string {
  const left = root.replace(/\/+$/, '');
  const right = name.replace(/^\/+/, '').replace(/\/+$/, '');
  return right === '' ? left || '/' : `${left}/${right}`;
}

/** A request path without its trailing slash. The path of the root becomes empty. */
export function trimPath(path: string): string {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
  return end <= 1 ? '' : path.slice(0, end);
}

/**
 * The parts of a request path as policies are compared with them: decoded, as Express gives them to a handler, and in lower
 * case. Without decoding, `/files/a%40b` would bypass a deny on `/files/a@b`.
 */
export function readParts(path: string): string[] {
  return path.includes('%') ? splitPath(path).map(decodePart) : splitPath(path);
}

/** Decodes one part of a path and converts it to lower case. A part that cannot be decoded stays unchanged. */
export function decodePart(part: string): string {
  try {
    return part.includes('%') ? decodeURIComponent(part).toLowerCase() : part;
  } catch {
    return part;
  }
}

/** The parts of a path in lower case, not decoded. */
export function splitPath(path: string): string[] {
  const trimmed = trimPath(path);
  return trimmed === '' ? [] : trimmed.slice(1).toLowerCase().split('/');
}
