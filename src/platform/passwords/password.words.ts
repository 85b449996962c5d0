import { Options } from '@zxcvbn-ts/core';

/** How letters are disguised, such as A as 4 or @ and W as \/\/; from capital letters to spellings. */
const disguises = new Map(Object.entries(new Options().l33tTable).map(([letter, spellings]) => (
  [letter.toUpperCase(), spellings.map((spelling) => Array.from(spelling.toUpperCase()))])));

/** Emoji count as letters do: a password of a name and ten of them is more than the name. */
const isContent = (character: string) => /[\p{L}\p{So}]/u.test(character);

/**
 * Lists what a password may not be made of: each text whole, the parts of an address around its "@" and dots, and all
 * pieces between what is not a letter.
 *
 * A single letter is no word, unless its script writes words with one (Han, Kana and others without letter case).
 */
export function listWords(about: readonly string[]): string[] {
  const texts = about.map((text) => text.normalize('NFC').toLowerCase().trim());
  const parts = texts.flatMap((text) => {
    const [local = '', domain] = text.split(/@(?=[^@]*$)/);
    return [text, local, ...(domain === undefined ? [] : [domain, ...domain.split('.')]), ...text.split(/[^\p{L}\p{M}]+/u)];
  });
  return [...new Set(parts)].filter((word) => Array.from(word).length > 1 || /\p{Lo}/u.test(word));
}

/**
 * Says whether a password consists of nothing but these words: in any order, repeated or reversed, in other letter case,
 * with other accents, with letters disguised as digits and signs, and with any digits and punctuation in between.
 *
 * Looks at the whole password; takes time in proportion to its length times that of all words together.
 */
export function isMadeOf(password: string, words: readonly string[]): boolean {
  const text = fold(password);
  // Digits and signs alone might be read as a disguise of nearly anything.
  if (!text.some(isContent)) return false;
  const spelled = words.map(fold).filter((word) => word.every(isContent) && word.length > 0);
  const either = spelled.flatMap((word) => [word, word.toReversed()]);
  const reached = new Set([0]);
  // A set is walked in the order of adding, and what is added during the walk is walked too.
  for (const at of reached) {
    const character = text[at];
    if (character === undefined) continue;
    if (!isContent(character)) reached.add(at + 1);
    for (const word of either) for (const end of findEnds(text, at, word)) reached.add(end);
  }
  return reached.has(text.length);
}

/** Where a word that begins here may end; nowhere if it is not here. */
function findEnds(text: readonly string[], start: number, word: readonly string[]): Iterable<number> {
  let ends = new Set([start]);
  for (const letter of word) {
    const further = new Set<number>();
    for (const at of ends) {
      if (text[at] === letter) further.add(at + 1);
      for (const spelling of disguises.get(letter) ?? []) {
        if (spelling.every((sign, index) => text[at + index] === sign)) further.add(at + spelling.length);
      }
    }
    if (further.size === 0) return [];
    ends = further;
  }
  return ends;
}

/** Removes differences that do not make a word harder to guess: width and style (NFKD), accents, letter case. */
function fold(text: string): string[] {
  return Array.from(text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase());
}
