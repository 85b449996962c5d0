import { decide } from '../../../src/engine/decide.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { registryOf } from '../registries.ts';

const registry = registryOf({});

/** Whether one text, or the greatest of some, is greater than another, as a condition asks. */
function isGreater(found: string | readonly string[], than: string): boolean {
  const policy = { effect: 'allow', actions: ['read'], resources: ['items'], conditions: [
    { type: 'attribute', left: 'resource.name', operator: 'gt', right: { value: than } },
  ] } as const;
  const grants = compileGrants(registry, { rights: [], policies: [policy], isSuperadmin: false });
  return decide(grants, { action: 'read', resource: 'items' }, { now: 0, resource: { name: found } }).allowed;
}

describe('the order of text', () => {
  // In UTF-16, and so for JavaScript, the halves of U+1F600 stand before U+FF5E; in UTF-8, and so for MongoDB, it stands behind.
  const [smile, tilde] = ['\u{1F600}', '\uFF5E'];

  it.each([
    [smile, tilde, true], [tilde, smile, false], [`a${smile}`, `a${tilde}`, true], [`a${tilde}`, `a${smile}`, false],
    ['b', 'a', true], ['a', 'b', false], ['a', 'a', false], ['ab', 'a', true], ['a', 'ab', false], [smile, 'z', true], ['z', smile, false],
    [tilde, 'z', true],
  ])('of %j and %j, is that of code points', (one, other, expected) => {
    expect(isGreater(one, other)).toBe(expected);
  });

  it.each([[['a', smile, tilde]], [[tilde, smile, 'a']], [[smile, 'a', tilde]]])('of the list %j, finds the greatest by code points', (
    list,
  ) => {
    expect([isGreater(list, tilde), isGreater(list, smile), isGreater(list, `${tilde}z`)]).toEqual([true, false, true]);
  });
});
