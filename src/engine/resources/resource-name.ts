/** Characters that no part of a name may contain: blanks, control and invisible characters, `/` and `*`. */
const excluded = /[*/\s\p{Cc}\p{Cf}]/u;
/** The blocks that contain them. Between are Chinese letters, Korean syllables and code points without a character. */
const blocks = [[0, 0x33ff], [0xa000, 0xabff], [0xf900, 0x1ffff], [0x2f800, 0x2fa1f], [0xe0001, 0xe007f]] as const;

/**
 * Whether this is a valid part of a resource name, such as the id of a document.
 *
 * A query can apply the same rule (`unnameable`), so that no scope matches a document that no check can name.
 */
export function isNamePart(part: string): boolean {
  return /^[\w-]+$/.test(part) || !unnameable().test(part);
}

/**
 * A pattern of invalid parts: with a character from above, or one that is not in composed form (NFC).
 *
 * It is for JavaScript and for MongoDB. It lists single characters, because engines differ in classes such as `\s`.
 */
export function unnameable(): RegExp {
  return (unnameablePattern ??= new RegExp(`^\\.{0,2}$|[${classOf(excludedCharacters())}]`, 'u'));
}
// The characters come from the Unicode tables of the runtime. Finding them takes some 20 ms, once.
let unnameablePattern: RegExp | undefined;

function excludedCharacters(): number[] {
  const codes = blocks.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_item, index) => first + index));
  return codes.filter((code) => {
    const character = String.fromCodePoint(code);
    return excluded.test(character) || character.normalize('NFC') !== character;
  });
}

/** The content of a character class. NUL is escaped, because it would end a BSON pattern. */
function classOf(codes: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const code of codes) {
    const range = ranges.at(-1);
    if (range?.[1] === code - 1) range[1] = code;
    else ranges.push([code, code]);
  }
  return ranges.map(([first, last]) => (first === last ? spelled(first) : `${spelled(first)}-${spelled(last)}`)).join('');
}

function spelled(code: number): string {
  if (code === 0) return '\\x00';
  const character = String.fromCodePoint(code);
  return /[\]\\^/-]/.test(character) ? `\\${character}` : character;
}

/** Converts a part of a name to the form in which parts are compared: composed (Unicode Standard Annex 15, NFC). */
export function composed(part: string): string {
  return /^[\w-]*$/.test(part) ? part : part.normalize('NFC');
}

/** A pattern of all Unicode spellings of a composed part, or the part itself if it has only one. */
export function spellingsOf(part: string): string | RegExp {
  if (/^[\x20-\x7e]*$/.test(part)) return part;
  const clusters = part.match(/\P{M}\p{M}*|\p{M}+/gu) ?? [];
  const spellings = clusters.map((cluster) => [...new Set(clusterSpellings(Array.from(cluster.normalize('NFD')), cluster))]);
  if (spellings.every(({ length }) => length === 1)) return part;
  const pattern = spellings.map((each) => (each.length === 1 ? literal(each.join('')) : `(?:${each.map(literal).join('|')})`));
  return new RegExp(`^${pattern.join('')}$`, 'u');
}

/** The spellings of a letter with its marks: every order of the marks, and every way to compose some of them. */
function clusterSpellings(letters: readonly string[], whole: string): string[] {
  const [first = '', ...marks] = letters;
  const orders = marks.length <= mostMarks ? permutations(marks) : [marks];
  const nfd = letters.join('');
  const same = orders.filter((order) => [first, ...order].join('').normalize('NFD') === nfd);
  return [whole, ...same.flatMap((order) => compositions([first, ...order]))];
}
/** If one letter has more marks, only their usual order is found. */
const mostMarks = 3;

function compositions(letters: readonly string[]): string[] {
  if (letters.length === 0) return [''];
  return letters.flatMap((_letter, index) => {
    const head = letters.slice(0, index + 1).join('').normalize('NFC');
    return Array.from(head).length > 1 ? [] : compositions(letters.slice(index + 1)).map((tail) => head + tail);
  });
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => permutations(items.filter((_item, at) => at !== index)).map((rest) => [item, ...rest]));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
