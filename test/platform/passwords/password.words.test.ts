import { isMadeOf, listWords } from '../../../src/platform/passwords/password.words.ts';

describe('words about a user', () => {
  it('address, taken apart, gives the whole, both sides of the @, the parts of the domain and the pieces between other signs', () => {
    expect(listWords(['Anna.Muster+1@Mail.Example.org']).sort()).toEqual([
      'anna', 'anna.muster+1', 'anna.muster+1@mail.example.org', 'example', 'mail', 'mail.example.org', 'muster', 'org',
    ]);
  });

  it('name, taken apart, gives the whole and its pieces', () => {
    expect(listWords(['Mary-Jane O\'Neil 3rd']).sort()).toEqual(['jane', 'mary', 'mary-jane o\'neil 3rd', 'neil', 'rd']);
  });

  it.each([
    ['single Latin letter', ['J', 'a@b.de'], ['a@b.de', 'b.de', 'de']],
    ['single Han character', ['\u738b', '\u4f1f'], ['\u4f1f', '\u738b']],
    ['nothing', ['', ' ', '@', '.'], []],
    ['one name twice', ['Anna', 'anna'], ['anna']],
  ])('%s, taken apart, gives what can be a word', (_, about, words) => {
    expect(listWords(about).sort()).toEqual(words);
  });
});

describe('password made of words', () => {
  const words = ['anna', 'muster', 'wolf', 'zo\u00eb', '\u738b', '\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2', 'stra\u00dfe'];

  it.each([
    ['anna', true],
    ['anna muster 1990!', true],
    ['retsumanna', true],
    ['annaannaannaanna', true],
    ['aNNa', true],
    ['4nn4', true],
    ['mu5+er', true],
    ['\\^/ wolf', true],
    ['vvolf', true],
    ['uuo1f', true],
    ['f1ovv', true],
    ['zoezo\u00eb', true],
    ['ZOE\u0308', true],
    ['\u738b1990\u738b', true],
    ['\u03b3\u03b9\u03c9\u03c1\u03b3\u03bf\u03c2\u0393\u0399\u03a9\u03a1\u0393\u039f\u03a3', true],
    ['STRASSE', true],
    ['anna x muster', false],
    ['annas', false],
    ['ann', false],
    ['anna \u{1f600}', false],
    ['19901990', false],
    ['!!!', false],
    ['', false],
  ])('password "%s", is told apart', (password, made) => {
    expect(isMadeOf(password, words)).toBe(made);
  });

  it('no words at all, never', () => {
    expect(isMadeOf('anna', [])).toBe(false);
  });

  it('256 ambiguous characters and 1,000 letters of ambiguous names, told within a moment', () => {
    const names = listWords(['li.il.ll.ii.lli.iil.'.repeat(6), 'l'.repeat(128), 'li'.repeat(64), 'uw'.repeat(64), 'w'.repeat(254)]);
    for (const password of ['1!|'.repeat(85), 'il'.repeat(128), `${'l'.repeat(255)}x`, 'vuvv'.repeat(64), `${'li1!'.repeat(63)}zzzz`]) {
      const start = performance.now();
      isMadeOf(password, names);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
  });
});
