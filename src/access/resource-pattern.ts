import { splitPath } from './url-pattern.ts';

/** One part of a pattern between two slashes: itself, `*` (any one part) or `**` (any number of parts, none included). */
export type Token = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

/** Which resources a policy is about, read. */
export interface ResourcePattern {
  /** As written. */
  readonly text: string;
  /** Whether it is about URLs (it starts with a slash) and not about named resources. */
  readonly isUrl: boolean;
  readonly tokens: readonly Token[];
}

/** Limits that keep every comparison of a pattern within microseconds; `askedParts` are those of one resource or URL that is asked about. */
export const patternLimits = { characters: 256, parts: 16, askedParts: 64 };

export const one: Token = { kind: 'one' };
const any: Token = { kind: 'any' };

/**
 * Reads a resource such as `items`, `projects/*`, `projects/64f/**` or `*`, or a URL such as `/admin/**`.
 *
 * A named resource covers itself and all that lies below it: `projects` covers `projects/64f`, and `*` covers every one.
 * A URL is matched whole, without regard to letter case and one last slash; `:name` stands for one part, `*name` at the
 * end for one or more. `*` and `**` stand alone between slashes. Undefined for what is spelled otherwise.
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
  return { text, isUrl, tokens: ordered(isUrl ? tokens : [...tokens, any]) };
}

function readPart(part: string, isUrl: boolean, isLast: boolean): Token[] | undefined {
  if (part === '*') return [one];
  if (part === '**') return [any];
  if (isUrl && /^:[A-Za-z_]\w*$/.test(part)) return [one];
  if (isUrl && isLast && /^\*[A-Za-z_]\w*$/.test(part)) return [one, any];
  return isLiteral(part) ? [{ kind: 'literal', text: part }] : undefined;
}

// Spaces and invisible characters would make two resources look like one.
function isLiteral(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !/[*\s\p{C}]/u.test(part);
}

/** In a run of wildcards their order says nothing, so that each set of resources has one spelling. */
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

/** The parts of the name of one resource; undefined when nothing can be called so, which no policy allows. */
export function splitResource(resource: string): string[] | undefined {
  const parts = resource.split('/');
  return parts.length <= patternLimits.askedParts && parts.every(isLiteral) ? parts : undefined;
}

/**
 * Whether the pattern covers one resource, or one URL, by its parts, of which the first may be known to fit.
 *
 * Linear but for a step back at each `**`.
 */
export function matchesParts({ tokens }: ResourcePattern, parts: readonly string[], known = 0): boolean {
  let at = known;
  let index = known;
  let open = -1;
  let mark = 0;
  while (index < parts.length) {
    const token = tokens[at];
    if (token?.kind === 'any') {
      if (at === tokens.length - 1) return true;
      open = at;
      mark = index;
      at += 1;
    } else if (token && (token.kind === 'one' || token.text === parts[index])) {
      at += 1;
      index += 1;
    } else if (open >= 0) {
      at = open + 1;
      mark += 1;
      index = mark;
    } else return false;
  }
  while (tokens[at]?.kind === 'any') at += 1;
  return at === tokens.length;
}

/** Whether everything that `inner` covers is covered by `outer` as well. */
export function coversPattern(outer: ResourcePattern, inner: ResourcePattern): boolean {
  return outer.isUrl === inner.isUrl && isAtEnd(outer, placesAfter(outer, inner.tokens));
}

/** Whether some resource is covered by both. */
export function overlapsPattern(first: ResourcePattern, second: ResourcePattern): boolean {
  if (first.isUrl !== second.isUrl) return false;
  const all = 2 ** (second.tokens.length + 1) - 1;
  let places = start(second);
  for (const token of first.tokens) {
    // `**` swallows any number of parts, from the first place reached on.
    if (token.kind === 'any') places = places === 0 ? 0 : all & ~((places & -places) - 1);
    else places = step(second, places, (other) => token.kind === 'one' || other.kind === 'one' || token.text === other.text);
  }
  return isAtEnd(second, places);
}

/** How far into a pattern something reaches: bit n for the place before token n. A pattern has less than 20 tokens. */
export type Places = number;

/** The places that parts reach, by default from the start; a part that is not known is `*`, and any number of them `**`. */
export function placesAfter(pattern: ResourcePattern, parts: readonly Token[], from = start(pattern)): Places {
  let places = from;
  for (const part of parts) {
    if (places === 0) return 0;
    places = step(pattern, places, (token) => (token.kind === 'one' ? part.kind !== 'any' : part.kind === 'literal' && token.text === part.text));
  }
  return places;
}

/** Parts as tokens. */
export function literals(parts: readonly string[]): Token[] {
  return parts.map((text) => ({ kind: 'literal', text }));
}

export function isAtEnd({ tokens }: ResourcePattern, places: Places): boolean {
  return (places & (1 << tokens.length)) !== 0;
}

function start({ tokens }: ResourcePattern): Places {
  return tokens[0]?.kind === 'any' ? 3 : 1;
}

/** The places after one part more; `**` stays where it is, and what comes behind it is reached as well. */
function step({ tokens }: ResourcePattern, places: Places, fits: (token: Exclude<Token, { kind: 'any' }>) => boolean): Places {
  let next = 0;
  for (let at = 31 - Math.clz32(places & -places); places >>> at !== 0; at += 1) {
    const token = tokens[at];
    if (!token || (places & (1 << at)) === 0) continue;
    if (token.kind === 'any') next |= 3 << at;
    else if (fits(token)) next |= (tokens[at + 1]?.kind === 'any' ? 6 : 2) << at;
  }
  return next;
}

/** Whether it is `*` or `**`, which cover every named resource. */
export function isEverything({ isUrl, tokens }: ResourcePattern): boolean {
  return !isUrl && tokens.length <= 2 && tokens.every(({ kind }) => kind !== 'literal');
}
