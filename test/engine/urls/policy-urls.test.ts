import type { Policy } from '../../../src/engine/policies/policy.ts';
import { unregisteredUrls } from '../../../src/engine/urls/policy-urls.ts';
import { registryOf, school } from '../registries.ts';

const registry = registryOf(school);
const deny = (actions: readonly string[], ...resources: readonly string[]): Policy => ({ effect: 'deny', actions, resources });
const named = (...policies: readonly Policy[]) => unregisteredUrls(registry, policies, 'body.policies').map(({ field }) => field);

describe('the URLs of policies', () => {
  it.each<[string, readonly string[], string, boolean]>([
    ['a registered path and its method', ['GET'], '/users/me', true],
    ['a registered path and one of two methods', ['PATCH', 'GET'], '/users/me', true],
    ['a registered path and another method', ['DELETE'], '/users/me', false],
    ['a registered path and every action', ['manage'], '/users/me', true],
    ['a path that is served with one method, and every action', ['manage'], '/roles/load', true],
    ['a pattern that covers a registered URL with its method', ['DELETE'], '/users/*/posts', true],
    ['a pattern that covers registered URLs, of which none has the method', ['PATCH'], '/users/**', false],
    ['a pattern that covers registered URLs, and every action', ['manage'], '/users/**', true],
    ['a pattern that covers registered URLs, and as a path would meet none, and every action', ['manage'], '/roles/**', true],
    ['the same pattern and a method of one of them', ['POST'], '/roles/**', true],
    ['the same pattern and a method of none of them', ['DELETE'], '/roles/**', false],
    ['a pattern that covers none', ['manage'], '/nowhere/**', false],
    ['a path below a registered wildcard', ['GET'], '/files/a/b', true],
    ['an unknown path', ['manage'], '/nowhere', false],
  ])('%s, %s %s: meets a registered URL is %s', (_what, actions, url, meets) => {
    expect(named(deny(actions, url))).toEqual(meets ? [] : ['body.policies[0].resources[0]']);
  });

  it('that meet none, are each named with their place and what was looked for; resources by name are left alone', () => {
    expect(unregisteredUrls(
      registry, [deny(['read'], 'nowhere'), deny(['GET', 'POST'], '/users/me', '/nowhere'), deny(['manage'], '/nowhere')], 'policies',
    )).toEqual([
      { field: 'policies[1].resources[1]', message: '/nowhere matches no registered URL with GET, POST' },
      { field: 'policies[2].resources[0]', message: '/nowhere matches no registered URL with any method' },
    ]);
  });

  it('where a registered URL is too long to be a pattern, are met by ** alone', () => {
    const long = registryOf({ auth: { '/': [Array.from({ length: 20 }, (_, index) => `part${index}`).join('/')] } });
    const meets = (url: string) => unregisteredUrls(long, [deny(['GET'], url)], 'p').length === 0;
    expect([meets('/**'), meets('/part0/**'), meets('/part0/*')]).toEqual([true, true, false]);
  });
});
