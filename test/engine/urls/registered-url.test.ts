import { listUrls } from '../../../src/engine/urls/registered-url.ts';

describe('a declared URL', () => {
  it.each([
    ['simple and names a permission', { simple: { '/': [{ name: 'news', permission: 'read:news' }] } }, 'is simple and names a permission'],
    ['auth and says tenantAdmin', { auth: { '/': [{ name: 'items', tenantAdmin: true }] } }, 'Only config URLs can say that'],
    ['simple and says recentLogin', { simple: { '/': [{ name: 'news', recentLogin: 600 }] } }, 'Simple URLs have no session'],
    ['auth with a recentLogin of no seconds', { auth: { '/': [{ name: 'items', recentLogin: 0 }] } }, 'must be a whole number of seconds'],
    ['auth with a recentLogin of half a second', { auth: { '/': [{ name: 'items', recentLogin: 0.5 }] } }, 'whole number of seconds'],
    ['config with a recentLogin of NaN', { config: { '/': [{ name: 'items', recentLogin: NaN }] } }, 'whole number of seconds'],
  ])('that is %s, is refused', (_what, declaration, message) => {
    expect(() => listUrls([declaration])).toThrow(message);
  });

  it('of an access class that may have it, keeps its permission, its mark or its seconds', () => {
    const [auth, config] = listUrls([
      { auth: { '/': [{ name: 'items', permission: 'read:items' }] }, config: { '/': [{ name: 'set', tenantAdmin: true }] } },
    ]);
    expect(listUrls([{ config: { '/': [{ name: 'set', recentLogin: 600 }] } }])[0]?.recentLogin).toBe(600);
    expect([auth?.access, auth?.permission === undefined, config?.tenantAdmin]).toEqual(['auth', false, true]);
  });
});
