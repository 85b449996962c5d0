import { Options } from '@zxcvbn-ts/core';

/** The disguises of each capital letter, such as 4 and @ for A, and \/\/ for W. */
const disguises = new Map(Object.entries(new Options().l33tTable).map(([letter, spellings]) => (
  [letter.toUpperCase(), spellings.map((spelling) => Array.from(spelling.toUpperCase()))])));

/** Emoji count as letters: a password of a name and ten emoji is more than the name. */
const isContent = (character: string) => /[\p{L}\p{So}]/u.test(character);

/**
 * Lists the words that a password must not consist of: each whole text, the parts of an address between "@" and dots, and all
 * pieces between characters that are not letters.
 *
 * A single letter is a word only in scripts without letter case, such as Han and Kana.
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
 * Says whether a password consists only of these words. They may be in any order, repeated or reversed, in other letter case, with
 * other accents, with letters disguised as digits and signs, and with any digits and punctuation between them.
 *
 * Reads the whole password. The time is proportional to its length times the length of all words together.
 */
export function isMadeOf(password: string, words: readonly string[]): boolean {
  const text = fold(password);
  // Digits and signs alone could be a disguise of nearly any word.
  if (!text.some(isContent)) return false;
  const spelled = words.map(fold).filter((word) => word.every(isContent) && word.length > 0);
  const either = spelled.flatMap((word) => [word, word.toReversed()]);
  const reached = new Set([0]);
  // The loop over a set also visits the members that are added during the loop.
  for (const at of reached) {
    const character = text[at];
    if (character === undefined) continue;
    if (!isContent(character)) reached.add(at + 1);
    for (const word of either) for (const end of findEnds(text, at, word)) reached.add(end);
  }
  return reached.has(text.length);
}

/** The possible ends of a word that begins at `start`; none if the word is not there. */
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

/** Removes differences that do not make a word harder to guess: width and style (NFKD), accents and letter case. */
function fold(text: string): string[] {
  return Array.from(text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase());
}
