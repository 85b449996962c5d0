import { composed, isNamePart } from '../resources/resource-name.ts';
import { decodePart, splitPath } from '../urls/url-pattern.ts';

/** One part of a pattern between two slashes: a literal, `*` (any one part) or `**` (any number of parts, also none). */
export type Token = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

/** A parsed pattern of resources. */
export interface ResourcePattern {
  /** As written. */
  readonly text: string;
  /** Whether it covers URLs (it starts with a slash) or named resources. */
  readonly isUrl: boolean;
  readonly tokens: readonly Token[];
  /** `literals`: the places where a part with this text fits. `ones`: those of `*`. `anys`: those of `**`. Bit n is token n. */
  readonly literals: ReadonlyMap<string, Places>;
  readonly ones: Places;
  readonly anys: Places;
}

/** A set of places in a pattern: bit n is the place before token n. A pattern has less than 20 tokens. */
export type Places = number;

/** Limits that keep every comparison of a pattern within microseconds. `askedParts` limits the resource or URL of a request. */
export const patternLimits = { characters: 256, parts: 16, askedParts: 64 };

const one: Token = { kind: 'one' };
const any: Token = { kind: 'any' };

/**
 * Parses a resource such as `items`, `projects/*`, `projects/64f/**` or `*`, or a URL such as `/admin/**`.
 *
 * A named resource covers itself and everything below it: `projects` covers `projects/64f`, and `*` covers every resource. Letters
 * are compared in composed form (NFC).
 * A URL must match as a whole. Letter case, percent-encoding and one trailing slash do not matter. `:name` matches one part, `*name`
 * at the end one or more. `*` and `**` must be whole parts. Undefined for any other spelling.
 */
export function parseResourcePattern(text: string): ResourcePattern | undefined {
  const isUrl = text.startsWith('/');
  const parts = isUrl ? splitPath(text) : text.split('/');
  if (text.length > patternLimits.characters || parts.length > patternLimits.parts) return undefined;
  const tokens: Token[] = [];
  for (const [index, part] of parts.entries()) {
    const read = readPart(part, isUrl, index === parts.length - 1);
    if (!read) return undefined;
    tokens.push(...read);
  }
  return { text, isUrl, ...withPlaces(ordered(isUrl ? tokens : [...tokens, any])) };
}

function withPlaces(tokens: readonly Token[]): Omit<ResourcePattern, 'text' | 'isUrl'> {
  const literals = new Map<string, Places>();
  let [ones, anys] = [0, 0];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'literal') literals.set(token.text, (literals.get(token.text) ?? 0) | (1 << index));
    else if (token.kind === 'one') ones |= 1 << index;
    else anys |= 1 << index;
  }
  return { tokens, literals, ones, anys };
}

function readPart(part: string, isUrl: boolean, isLast: boolean): Token[] | undefined {
  if (part === '*') return [one];
  if (part === '**') return [any];
  if (isUrl && /^:[A-Za-z_]\w*$/.test(part)) return [one];
  if (isUrl && isLast && /^\*[A-Za-z_]\w*$/.test(part)) return [one, any];
  return isLiteral(part) ? [{ kind: 'literal', text: isUrl ? decodePart(part) : composed(part) }] : undefined;
}

// Spaces and invisible characters would make two resources look like one.
function isLiteral(part: string): boolean {
  return /^[\w-]+$/.test(part) || (part !== '' && part !== '.' && part !== '..' && !/[*\s\p{C}]/u.test(part));
}

/** Sorts consecutive wildcards. Their order has no meaning, so each set of resources then has one spelling. */
function ordered(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  let isOpen = false;
  for (const token of [...tokens, undefined]) {
    if (token?.kind === 'any') isOpen = true;
    else {
      if (isOpen && token?.kind !== 'one') {
        result.push(any);
        isOpen = false;
      }
      if (token) result.push(token);
    }
  }
  return result;
}

/** The parts of a resource name, composed; undefined if it is not a valid name. No policy allows an invalid name. */
export function splitResource(resource: string): string[] | undefined {
  const parts = resource.split('/');
  return parts.length <= patternLimits.askedParts && parts.every(isNamePart) ? parts.map(composed) : undefined;
}

/** Whether the pattern covers one resource or URL, given by its parts. The first `known` parts are known to match. */
export function matchesParts(pattern: ResourcePattern, parts: readonly string[], known = 0): boolean {
  return isAtEnd(pattern, placesOf(pattern, parts, known));
}

/** The places that these parts reach. The first `known` parts are known to match. */
export function placesOf(pattern: ResourcePattern, parts: readonly string[], known = 0): Places {
  const { literals, ones } = pattern;
  let places = opened(pattern, 1 << known);
  for (let index = known; places !== 0 && index < parts.length; index += 1) {
    places = advanced(pattern, places, ones | (literals.get(parts[index] ?? '') ?? 0));
  }
  return places;
}

/** The texts of a next part that complete a match from these places; `all` if every text does. */
export function lastParts(pattern: ResourcePattern, places: Places): 'all' | string[] {
  if (places === 0) return [];
  if (isAtEnd(pattern, advanced(pattern, places, pattern.ones))) return 'all';
  const last: string[] = [];
  for (const [text, fitting] of pattern.literals) {
    if ((fitting & places) !== 0 && isAtEnd(pattern, advanced(pattern, places, fitting))) last.push(text);
  }
  return last;
}

/** Whether `outer` covers everything that `inner` covers. */
export function coversPattern(outer: ResourcePattern, inner: ResourcePattern): boolean {
  return outer.isUrl === inner.isUrl && isAtEnd(outer, placesAfter(outer, inner.tokens));
}

/** Whether both patterns cover some resource. */
export function overlapsPattern(first: ResourcePattern, second: ResourcePattern): boolean {
  if (first.isUrl !== second.isUrl) return false;
  const all = (2 << second.tokens.length) - 1;
  let places = opened(second, 1);
  for (const token of first.tokens) {
    // `**` matches any number of parts, so every place after the first reached one is reached.
    if (token.kind === 'any') places = places === 0 ? 0 : all & -(places & -places);
    else places = advanced(second, places, token.kind === 'one' ? ~second.anys : fittingIn(second, token));
  }
  return isAtEnd(second, places);
}

/** The places that parts reach. `*` is an unknown part, and `**` any number of them. */
export function placesAfter(pattern: ResourcePattern, parts: readonly Token[]): Places {
  let places = opened(pattern, 1);
  for (const part of parts) {
    if (places === 0) return 0;
    places = advanced(pattern, places, fittingIn(pattern, part));
  }
  return places;
}

export function isAtEnd({ tokens }: ResourcePattern, places: Places): boolean {
  return (places & (1 << tokens.length)) !== 0;
}

/** Parts as tokens. */
export function literalTokens(parts: readonly string[]): Token[] {
  return parts.map((text) => ({ kind: 'literal', text }));
}

/** The places where a part fits, other than `**`. */
function fittingIn({ literals, ones }: ResourcePattern, part: Token): Places {
  if (part.kind === 'literal') return ones | (literals.get(part.text) ?? 0);
  return part.kind === 'one' ? ones : 0;
}

/** The places after one more part. A place at `**` stays. */
function advanced(pattern: ResourcePattern, places: Places, fitting: Places): Places {
  return opened(pattern, (places & pattern.anys) | ((places & fitting) << 1));
}

/** Adds the places after `**`, which may match no part. No `**` follows another one. */
function opened({ anys }: ResourcePattern, places: Places): Places {
  return places | ((places & anys) << 1);
}

/** Whether it is `*` or `**`, which cover every named resource. */
export function isEverything({ isUrl, tokens }: ResourcePattern): boolean {
  return !isUrl && tokens.length <= 2 && tokens.every(({ kind }) => kind !== 'literal');
}
