import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonDictionary } from '@zxcvbn-ts/language-common';
import { dictionary as englishDictionary, translations } from '@zxcvbn-ts/language-en';
import { isMadeOf, listWords } from './password.words.ts';

// Only threads of the pool load this file, and only when needed: the dictionaries take some 60 MB and half a second.

/** The estimated strength of a password. */
export interface Strength {
  readonly isStrong: boolean;
  /** Why it is weak and what would be better, in plain English. It never contains a part of the password. */
  readonly advice: readonly string[];
}

/** Number of code points that are rated. The time grows with the square of the length, and 64 are enough for a decision. */
const lengthLookedAt = 64;

/** zxcvbn's "safely unguessable": more than 10^8 guesses. */
const leastScore = 3;

const madeOfNames = 'It consists of your name, your address or the name of this service.';

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...commonDictionary, ...englishDictionary },
  graphs: adjacencyGraphs,
  // A 1 can mean i or l, and zxcvbn tries 100 combinations by default: a random password of 64 characters then takes a second.
  l33tMaxSubstitutions: 5,
  translations: {
    ...translations,
    warnings: { ...translations.warnings, userInputs: madeOfNames },
    // These suggestions ask for capital letters, which do not make a guessable password better.
    suggestions: { ...translations.suggestions, capitalization: '', allUppercase: '' },
  },
});

/**
 * Estimates whether a password is hard to guess for an attacker who knows these names and addresses.
 *
 * A password is weak if its score of zxcvbn is below 3 of 4, or if it consists only of these words, digits and punctuation.
 * The NFC and NFD forms of a password have the same result. Hostile input may take a second: call it in a thread.
 */
export function rateStrength(password: string, about: readonly string[]): Strength {
  const text = password.normalize('NFC');
  const words = listWords(about);
  if (isMadeOf(text, words)) return { isStrong: false, advice: [madeOfNames, translations.suggestions.anotherWord] };
  const { score, feedback: { warning, suggestions } } = zxcvbn.check(Array.from(text).slice(0, lengthLookedAt).join(''), words);
  return { isStrong: score >= leastScore, advice: [warning ?? '', ...suggestions].filter((sentence) => sentence !== '') };
}
