import type { Mismatch, NamedCheck } from '../../checks.ts';

const maxDepth = 64;
/** Attributes and namespaces of one element. A parser compares each with all others. */
const maxAttributes = 64;

interface Measures {
  readonly elements: number;
  readonly depth: number;
  readonly attributes: number;
}

/** Where a tag ends, and how many quoted values it has. */
function readTag(text: string, start: number): { readonly end: number; readonly attributes: number; readonly isEmpty: boolean } {
  let attributes = 0;
  let at = start;
  while (at < text.length && text[at] !== '>' && text[at] !== '<') {
    const char = text[at];
    if (char === '"' || char === "'") {
      attributes += 1;
      const close = text.indexOf(char, at + 1);
      if (close === -1) return { end: text.length, attributes, isEmpty: false };
      at = close;
    }
    at += 1;
  }
  return { end: at, attributes, isEmpty: text[at - 1] === '/' };
}

/** Measures tags without a parser, in linear time. It counts wrong in comments and CDATA, which a later check refuses before the parser. */
function measure(text: string): Measures {
  let [elements, depth, deepest, most] = [0, 0, 0, 0];
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const next = text[at + 1];
    at += 1;
    if (next === '/') depth -= 1;
    if (next === '/' || next === '!' || next === '?') continue;
    const tag = readTag(text, at);
    elements += 1;
    deepest = Math.max(deepest, depth + 1);
    most = Math.max(most, tag.attributes);
    if (!tag.isEmpty) depth += 1;
    at = tag.end;
  }
  return { elements, depth: deepest, attributes: most };
}

/** The signs that begin a tag, up to a limit. */
function bracketsOf(text: string, limit: number): number {
  let count = 0;
  for (let at = text.indexOf('<'); at !== -1 && count <= limit; at = text.indexOf('<', at + 1)) count += 1;
  return count;
}

/** Counts before anything parses: a parser needs much more time and memory than a document has bytes. */
const smallEnough = (maxElements: number): NamedCheck<string> => ({
  step: 'elements',
  findMismatch(text) {
    const expected = `at most ${maxElements} elements of at most ${maxAttributes} attributes, at most ${maxDepth} deep`;
    if (bracketsOf(text, 2 * maxElements) > 2 * maxElements) return { expected, received: 'more' };
    const { elements, depth, attributes } = measure(text);
    const isSmall = elements <= maxElements && depth <= maxDepth && attributes <= maxAttributes;
    return isSmall ? null : { expected, received: `${elements} elements, ${attributes} attributes, ${depth} deep` };
  },
});

/** Control characters, and what is no character of XML. */
const oddCharacter = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

const plainCharacters: NamedCheck<string> = {
  step: 'characters',
  findMismatch(text) {
    const refused: Mismatch = { expected: 'no control characters', received: 'one' };
    if (oddCharacter.test(text.replaceAll(/[\t\n\r]/g, ''))) return refused;
    const written = [...text.matchAll(/&#(?:x([0-9a-f]{1,8})|([0-9]{1,8}));/gi)].map(([, hex, decimal]) => (
      hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)));
    const isOdd = (code: number) => code > 0x10_ff_ff || (![9, 10, 13].includes(code) && oddCharacter.test(String.fromCodePoint(code)));
    return written.some(isOdd) ? refused : null;
  },
};

const declaration = /^<\?xml version=(["'])1\.0\1(?: encoding=(["'])utf-8\2)?(?: standalone=(["'])(?:yes|no)\3)? ?\?>\s*/i;
const reference = /&(?!(?:lt|gt|amp|quot|apos|#[0-9]{1,8}|#x[0-9a-fA-F]{1,8});)/;

/** What two readers may understand differently: comments divide texts, CDATA hides tags, and entities stand for anything. */
const plainMarkup: NamedCheck<string> = {
  step: 'markup',
  findMismatch(text) {
    const body = text.replace(declaration, '');
    const found = [['<!', 'a DOCTYPE, a comment or CDATA'], ['<?', 'a processing instruction']].find(([sign = '']) => body.includes(sign));
    const received = found?.[1] ?? (reference.test(body) ? 'an entity' : undefined);
    return received === undefined ? null : { expected: 'elements and text alone', received };
  },
};

/** Every check of a document of at most this many elements before it is parsed. None of them says what the document holds. */
export function textChecksFor(maxElements: number): readonly NamedCheck<string>[] {
  return [smallEnough(maxElements), plainCharacters, plainMarkup];
}
