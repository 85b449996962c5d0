import { bodyOf, codeOf, itemsOf } from '../../../support/answers.ts';
import type { Client } from '../../../support/client/client.ts';
import { eventually } from '../../../support/eventually.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { OidcPeer } from '../../../peers/oidc-peer.ts';
import { connectCompany, publicUrl, returnTo, signOnSettings } from './company.ts';
import type { Company } from './company.ts';

/** What the people of a tenant must be able to do with a provider, the same at each. */
export function describeSignOn(name: string, newRealm: () => Promise<OidcPeer>): void {
  describe(name, () => {
    let company: Company;
    beforeAll(async () => {
      company = await connectCompany(await startGatehouse({ settings: signOnSettings() }), await newRealm());
    }, 180_000);
    const userOf = async (client: Client) => bodyOf(await client.get('/profile/me', 200)).user;

    it('a person of a mapped group, is a user with the role of the group, and the same user at the next login', async () => {
      const person = await company.realm.newPerson({ groups: ['engineering', 'other'] });
      const client = await company.logIn(person);
      const user = await userOf(client);
      expect(user).toMatchObject({
        email: person.email, firstName: 'Ann', lastName: 'Example',
        providedRoles: [{ roleId: 'engineer', providerId: company.providerId, group: 'engineering' }],
      });
      await client.get('/audit/load', 200);
      await company.realm.change(person, { email: `new-${person.email}` });
      expect(await userOf(await company.logIn(person))).toMatchObject({ userId: user.userId, email: `new-${person.email}` });
    });

    it('a wrong password, or a person whom the provider has switched off, gets no code', async () => {
      const person = await company.realm.newPerson();
      const { page } = await company.start(company.newBrowser(), { ...person, password: 'wrong' });
      expect([page.url.startsWith(returnTo), page.status]).toEqual([false, 200]);
      await company.realm.change(person, { isEnabled: false });
      expect((await company.start(company.newBrowser(), person)).page.url.startsWith(returnTo)).toBe(false);
    });

    it('an address that the provider did not verify, is refused with a reference that leads to the reason', async () => {
      const { page } = await company.start(company.newBrowser(), await company.realm.newPerson({ emailVerified: false }));
      expect([page.status, page.url.startsWith(publicUrl)]).toEqual([403, true]);
      const [failed] = itemsOf(await company.admin.get(`/identity-providers/load-logins/${company.providerId}`, 200));
      expect(failed).toMatchObject({ result: 'failed', code: 'identity-not-allowed' });
      expect(page.html).toContain(failed?.reference);
      // Refusals are counted in memory, and written a moment later.
      await eventually(async () => itemsOf(await company.admin.get('/audit/load?action=sso.refused', 200)).some(
        ({ code }) => code === 'identity-not-allowed',
      ));
    });

    it('a group that is removed at the provider, takes its role away at the next login, from older sessions too', async () => {
      const person = await company.realm.newPerson({ groups: ['engineering'] });
      const before = await company.logIn(person);
      await before.get('/audit/load', 200);
      await company.realm.change(person, { groups: [] });
      const after = await company.logIn(person);
      expect(codeOf(await after.get('/audit/load', 403))).toBe('right-missing');
      expect(codeOf(await before.get('/audit/load', 403))).toBe('right-missing');
    });

    it('the provider ends the sessions of a person, and the sessions of nobody else end', async () => {
      const [person, other] = [await company.realm.newPerson(), await company.realm.newPerson()];
      const [client, stays] = [await company.logIn(person), await company.logIn(other)];
      await company.realm.endSessions(person);
      await eventually(async () => (await client.get('/profile/me')).status === 401);
      await stays.get('/profile/me', 200);
    });

    it('a person logs out here and at the provider, which asks for the password again', async () => {
      const [person, browser] = [await company.realm.newPerson(), company.newBrowser()];
      const client = await company.logIn(person, browser);
      const again = await company.exchange(await company.start(browser)); // the provider still knows the browser
      const { logoutUrl = '' } = bodyOf(await client.post('/users/logout', { provider: true, returnTo }, 200)) ?? {};
      await client.get('/profile/me', 401);
      const page = await browser.open(logoutUrl);
      if (page.status !== 0) await browser.submit(page); // without an ID token, a provider may ask whether the person means it
      await eventually(async () => (await again.get('/profile/me')).status === 401); // by the logout token of the same session
      expect((await company.start(browser)).page.html).toContain('name="password"');
    });

    it('the provider signs with a new key and forgets the old one, and the next login works at once', async () => {
      const person = await company.realm.newPerson();
      await company.logIn(person);
      await company.realm.rotateKeys();
      await company.logIn(person);
    });
  });
}
