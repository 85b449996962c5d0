import type { Field } from '../../../http/input/fields.ts';
import { custom, isPlainText } from '../../../http/input/fields.ts';
import { wordsOf } from './search-words.ts';

const mostCharacters = 100;
/** Each word is one condition of the query. Of more words, only the longest are used. */
const mostWords = 8;
const twoLetters = /[\p{L}\p{N}]\p{M}*[\p{L}\p{N}]/u;

/** The text of a search, read as folded words. One word needs two letters or digits: fewer would read a large part of a tenant. */
export function searchField(): Field<readonly string[], 'required'> {
  return custom({
    json: { type: 'string', minLength: 2, maxLength: mostCharacters, pattern: twoLetters.source },
    parse(value, refuse) {
      const isText = isPlainText(value) && Array.from(value).length <= mostCharacters;
      if (!isText) return refuse(`must be a text of 2 to ${mostCharacters} characters`);
      const words = [...new Set(wordsOf(value))].sort((one, other) => other.length - one.length).slice(0, mostWords);
      if (!twoLetters.test(value) || (words[0] ?? '').length < 2) return refuse('must have a word of two letters or digits');
      return words;
    },
  });
}
