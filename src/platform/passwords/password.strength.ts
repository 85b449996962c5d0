import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonDictionary } from '@zxcvbn-ts/language-common';
import { dictionary as englishDictionary, translations } from '@zxcvbn-ts/language-en';
import { isMadeOf, listWords } from './password.words.ts';

// Loaded in threads of the pool alone, and there only when needed: the dictionaries take some 60 MB and half a second.

/** How a password stands up to guessing. */
export interface Strength {
  readonly isStrong: boolean;
  /** What makes it weak and what would be better, in plain English; never a part of the password. */
  readonly advice: readonly string[];
}

/** Code points that are looked at: the time grows with the square of the length, and 64 are enough to tell. */
const lengthLookedAt = 64;

/** zxcvbn's "safely unguessable": more than 10^8 guesses. */
const leastScore = 3;

const madeOfNames = 'It is made of your name, your address or the name of this service.';

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...commonDictionary, ...englishDictionary },
  graphs: adjacencyGraphs,
  // By default 100 readings are tried, since 1 may be i or l: a random password of 64 characters then takes a second.
  l33tMaxSubstitutions: 5,
  translations: {
    ...translations,
    warnings: { ...translations.warnings, userInputs: madeOfNames },
    // Asks for capitals, which make a guessable password no better.
    suggestions: { ...translations.suggestions, capitalization: '', allUppercase: '' },
  },
});

/**
 * Estimates whether a password is hard to guess for somebody who knows these names and addresses.
 *
 * Weak is what zxcvbn scores below 3 of 4, and what consists of nothing but those words, digits and punctuation.
 * The same for NFC and NFD spellings of one password. May take a second for hostile input: call it in a thread.
 */
export function rateStrength(password: string, about: readonly string[]): Strength {
  const text = password.normalize('NFC');
  const words = listWords(about);
  if (isMadeOf(text, words)) return { isStrong: false, advice: [madeOfNames, translations.suggestions.anotherWord] };
  const { score, feedback: { warning, suggestions } } = zxcvbn.check(Array.from(text).slice(0, lengthLookedAt).join(''), words);
  return { isStrong: score >= leastScore, advice: [warning ?? '', ...suggestions].filter((sentence) => sentence !== '') };
}
