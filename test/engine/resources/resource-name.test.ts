import { decide } from '../../../src/engine/decide.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { isNamePart, spellingsOf, unnameable } from '../../../src/engine/resources/resource-name.ts';
import { registryOf } from '../registries.ts';

const registry = registryOf({});
const isAllowed = (resource: string, attributes: Readonly<Record<string, unknown>> | undefined, ...policies: Policy[]): boolean => {
  const grants = compileGrants(registry, { rights: [], policies, isSuperadmin: false });
  return decide(grants, { action: 'read', resource }, { now: 0, ...(attributes && { resource: attributes }) }).allowed;
};
const about = (effect: Policy['effect'], resource: string): Policy => ({ effect, actions: ['read'], resources: [resource] });
// One letter with an accent, as one character and as two.
const [one, two] = ['caf\u00e9', 'cafe\u0301'];

describe('a part of a name', () => {
  it.each(['a', '5', 'x.y', '...', 'a-b_c', one, two, '\u4e2d', '\ud55c'])(
    '%j, may be one', (part) => expect([isNamePart(part), unnameable().test(part)]).toEqual([true, false]),
  );

  it.each([
    '', '.', '..', 'a/b', 'a b', 'a*', '\u00a0', 'a\u200b', '\u0000', 'a\n', '\ufeff', '\u{e0041}', '\u212a', '\u2126', '\uf900',
  ])('%j, may be none', (part) => {
    expect([isNamePart(part), unnameable().test(part)]).toEqual([false, true]);
  });
});

describe('a name with composed or decomposed letters', () => {
  it.each([[one, two], [two, one], [one, one], [two, two]])('of a policy about %j and a check of %j, are one', (inPolicy, asked) => {
    expect(isAllowed(`docs/${asked}`, undefined, about('allow', `docs/${inPolicy}`))).toBe(true);
    expect(isAllowed(`docs/${asked}`, undefined, about('allow', 'docs'), about('deny', `docs/${inPolicy}`))).toBe(false);
  });

  it('of three marks on a letter, is spelled in every order of them; of four, only in the usual one', () => {
    const [three, four] = ['a\u0323\u0302\u031b', 'a\u0323\u0302\u031b\u0329'];
    const others = [three, four].map((name) => {
      const [letter = '', ...marks] = Array.from(name.normalize('NFD'));
      return [letter, ...marks.reverse()].join('');
    });
    const isSpelling = (name: string, spelling: string) => new RegExp(spellingsOf(name)).test(spelling);
    expect([isSpelling(three, others[0] ?? ''), isSpelling(four, others[1] ?? ''), isSpelling(four, four.normalize('NFD'))])
      .toEqual([true, false, true]);
  });

  it.each<[string, string[], string[]]>([
    ['\u00e9', ['\u00e9', 'e\u0301'], ['e', 'e\u0300', '\u00e9a']],
    ['\u1ead', ['\u1ead', 'a\u0323\u0302', 'a\u0302\u0323', '\u1ea1\u0302', '\u00e2\u0323'], ['\u00e2', 'a\u0323']],
    ['\ud55c', ['\ud55c', '\ud558\u11ab', '\u1112\u1161\u11ab'], ['\ud558']],
    ['x.\u00e9', ['x.\u00e9', 'x.e\u0301'], ['xx\u00e9']],
  ])('%j, is spelled in every way that Unicode holds to be the same', (part, same, others) => {
    const spellings = spellingsOf(part);
    expect(same.map((text) => text.normalize('NFC') === part && spellings instanceof RegExp && spellings.test(text)))
      .toEqual(same.map(() => true));
    expect(others.map((text) => spellings instanceof RegExp && spellings.test(text))).toEqual(others.map(() => false));
  });

  it('without such letters, has one spelling', () => expect(['a', 'x.y', '\u4e2d'].map(spellingsOf)).toEqual(['a', 'x.y', '\u4e2d']));
});

describe('a stored document whose id no name can hold', () => {
  it.each([['a/b'], ['a b'], ['*'], [{ a: 1 }], [null]])('with the id %j, is allowed to nobody', (id) => {
    expect(isAllowed('docs/1', { _id: id }, about('allow', '*'))).toBe(false);
  });

  it('without its id, is a name like another: what lies below a document has such names', () => {
    expect(isAllowed('docs/a/b', { text: 'x' }, about('allow', 'docs/a'))).toBe(true);
  });
});
