import { splitPath } from './url-pattern.ts';

/** One part of a pattern between two slashes: itself, `*` (any one part) or `**` (any number of parts, none included). */
type Token = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

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

const one: Token = { kind: 'one' };
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
  return outer.isUrl === inner.isUrl && walk(outer.tokens, inner.tokens, (a, b) => (a.kind === 'one' ? b.kind !== 'any' : sameToken(a, b)), false);
}

/** Whether some resource is covered by both. */
export function overlapsPattern(first: ResourcePattern, second: ResourcePattern): boolean {
  return first.isUrl === second.isUrl && walk(first.tokens, second.tokens, (a, b) => a.kind === 'one' || b.kind === 'one' || sameToken(a, b), true);
}

/** Whether it is `*` or `**`, which cover every named resource. */
export function isEverything({ isUrl, tokens }: ResourcePattern): boolean {
  return !isUrl && tokens.length <= 2 && tokens.every(({ kind }) => kind !== 'literal');
}

function sameToken(a: Token, b: Token): boolean {
  return a.kind === 'literal' && b.kind === 'literal' && a.text === b.text;
}

/** Walks two patterns side by side, each pair of places once; `**` of the first swallows parts of the second and, for an overlap, the other way round. */
function walk(first: readonly Token[], second: readonly Token[], fits: (a: Token, b: Token) => boolean, isMutual: boolean): boolean {
  const seen = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * (second.length + 1) + j;
    const known = seen.get(key);
    if (known !== undefined) return known;
    const [a, b] = [first[i], second[j]];
    const result = a?.kind === 'any' ? from(i + 1, j) || (b !== undefined && from(i, j + 1))
      : isMutual && b?.kind === 'any' ? from(i, j + 1) || (a !== undefined && from(i + 1, j))
      : a && b ? fits(a, b) && from(i + 1, j + 1)
      : !a && !b;
    seen.set(key, result);
    return result;
  };
  return from(0, 0);
}
