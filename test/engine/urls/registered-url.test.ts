import { listUrls } from '../../../src/engine/urls/registered-url.ts';

describe('a declared URL', () => {
  it.each([
    ['simple and names a permission', { simple: { '/': [{ name: 'news', permission: 'read:news' }] } }, 'is simple and names a permission'],
    ['auth and says tenantAdmin', { auth: { '/': [{ name: 'items', tenantAdmin: true }] } }, 'Only config URLs can say that'],
  ])('that is %s, is refused', (_what, declaration, message) => {
    expect(() => listUrls([declaration])).toThrow(message);
  });

  it('of an access class that may have it, keeps its permission or its mark', () => {
    const [auth, config] = listUrls([
      { auth: { '/': [{ name: 'items', permission: 'read:items' }] }, config: { '/': [{ name: 'set', tenantAdmin: true }] } },
    ]);
    expect([auth?.access, auth?.permission === undefined, config?.tenantAdmin]).toEqual(['auth', false, true]);
  });
});
