import { changedWords, searchWordsOf, wordsOf } from '../../../../src/features/users/search/search-words.ts';
import { searchField } from '../../../../src/features/users/search/search-field.ts';

const read = (value: unknown) => {
  const rules = searchField().rules('text');
  if (typeof rules !== 'function') throw new Error('The search is read as a whole.');
  return rules(value);
};

describe('words', () => {
  it.each([
    ['accents and letter case', 'José ÖZGÜR', ['JOSE', 'OZGUR']],
    ['composed and decomposed letters', 'e\u0301a \u00E9a', ['EA', 'EA']],
    ['the width and style of letters', 'Ａｎｎ ﬁne', ['ANN', 'FINE']],
    ['both forms of sigma, and sharp s', 'ΟΔΟΣ οδοσ οδος Straße STRASSE', ['ΟΔΟΣ', 'ΟΔΟΣ', 'ΟΔΟΣ', 'STRASSE', 'STRASSE']],
    ['dots of i', 'İpek ıpek ipek', ['IPEK', 'IPEK', 'IPEK']],
    ['everything but letters and digits', 'ann.lee+x_1@mail-2.example.com', ['ANN', 'LEE', 'X', '1', 'MAIL', '2', 'EXAMPLE', 'COM']],
    ['letters beyond 16 bits', '𐐨𐐩', ['𐐀𐐁']],
    ['no words', ' -- ', []],
  ])('of texts, %s, folded or parted', (_what, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('of a user, address first, each word once, the domain also in its own script', () => {
    const user = { email: 'ann@xn--mller-kva.de', username: 'Ann', firstName: 'Ann Marie', lastName: 'Lee' };
    expect(searchWordsOf(user)).toEqual(['ANN', 'XN', 'MLLER', 'KVA', 'DE', 'MULLER', 'MARIE', 'LEE']);
    expect(searchWordsOf({})).toEqual([]);
  });

  it('of a user with very many and very long words, limited, and the address stays', () => {
    const many = Array.from({ length: 64 }, (_, index) => String(index)).join(' ');
    const words = searchWordsOf({ email: 'ann@example.com', username: 'x'.repeat(128), firstName: many });
    expect(words.slice(0, 3)).toEqual(['ANN', 'EXAMPLE', 'COM']);
    expect([words.length, words[3]]).toEqual([50, 'X'.repeat(64)]);
  });

  it('of a change, all words of the user if a name is in it, and nothing otherwise', () => {
    const before = { email: 'ann@example.com', firstName: 'Ann' };
    expect(changedWords(before, { firstName: 'Eve' })).toEqual({ searchWords: ['ANN', 'EXAMPLE', 'COM', 'EVE'] });
    expect(changedWords(before, {})).toEqual({});
  });
});

describe('the text of a search', () => {
  it('words, folded, each once and the longest first', () => {
    expect(read('L é léonard L')).toEqual({ ok: true, value: ['LEONARD', 'L', 'E'] });
  });

  it('more than eight words, the longest eight', () => {
    expect(read('a b c d e f g h i jk')).toEqual({ ok: true, value: ['JK', 'A', 'B', 'C', 'D', 'E', 'F', 'G'] });
  });

  it.each([
    ['one letter', 'a'], ['single letters', 'a b'], ['no letter', '--'], ['letters that fold to nothing', 'ͺͺ'],
    ['101 characters', 'a'.repeat(101)],
    ['a NUL character', 'ab\0'], ['a repeated parameter', ['ann', 'lee']],
  ])('%s, refused', (_what, value) => {
    expect(read(value)).toMatchObject({ ok: false });
  });
});
