import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { createBrowser } from './browser.ts';
import { startLogoutReceiver } from './logout-receiver.ts';
import type { OidcPeer, Person } from './oidc-peer.ts';
import { application, createRelyingParty } from './relying-party.ts';
import type { Login, RelyingParty } from './relying-party.ts';
import { eventually } from '../support/eventually.ts';

const atApplication = { stopsAt: [application] };

/** What every peer must do, so that a test of Gatehouse means the same at each: openid-client logs in at it directly. */
export function describePeer(name: string, start: () => Promise<OidcPeer>): void {
  describe(name, () => {
    let peer: OidcPeer;
    beforeAll(async () => { peer = await start(); }, 180_000);

    async function logIn(party: RelyingParty, person: Person, browser = createBrowser(atApplication)): Promise<Login> {
      const { login, page } = await party.logIn(browser, person);
      if (!login) throw new Error(`No login, but ${page.url} (${page.status}): ${page.html}`);
      return login;
    }

    it('a person with groups, the ID token names subject, address, names and groups', async () => {
      const person = await peer.newPerson({ groups: ['engineering', 'on-call'] });
      const { claims } = await logIn(await createRelyingParty(peer), person);
      expect(claims).toMatchObject({
        iss: peer.issuer, sub: person.subject, email: person.email, email_verified: true, given_name: 'Ann', family_name: 'Example',
        preferred_username: person.username,
      });
      expect([...claims['groups'] as string[]].sort()).toEqual(['engineering', 'on-call']);
    });

    it('groups and address are changed, the next login says so', async () => {
      const [person, party] = [await peer.newPerson({ groups: ['engineering', 'on-call'] }), await createRelyingParty(peer)];
      await logIn(party, person);
      await peer.change(person, { groups: ['on-call'], email: `new-${person.email}`, emailVerified: false });
      const { claims } = await logIn(party, person);
      expect(claims).toMatchObject({ email: `new-${person.email}`, email_verified: false, groups: ['on-call'] });
    });

    it('a wrong password, or a person who is disabled, gets the page again and no code', async () => {
      const [person, party] = [await peer.newPerson(), await createRelyingParty(peer)];
      const wrong = await party.logIn(createBrowser(atApplication), { ...person, password: 'wrong' });
      expect([wrong.login, wrong.page.url.startsWith(application)]).toEqual([undefined, false]);
      expect(wrong.page.html).toContain('Invalid username or password.');
      await peer.change(person, { isEnabled: false });
      expect((await party.logIn(createBrowser(atApplication), person)).login).toBeUndefined();
    });

    it('an administrator ends the sessions of a person, a logout token of that session arrives', async () => {
      const receiver = await startLogoutReceiver();
      const party = await createRelyingParty(peer, { backChannelLogout: { url: receiver.url, bySession: true } });
      const person = await peer.newPerson();
      const { claims: { sid } } = await logIn(party, person);
      await peer.endSessions(person);
      await eventually(() => receiver.tokens.length === 1);
      const { payload, protectedHeader } = await jwtVerify(receiver.tokens[0] ?? '', createRemoteJWKSet(new URL(party.jwksUri)));
      expect(payload).toMatchObject({
        iss: peer.issuer, aud: party.clientId, sid, events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect([typeof sid, protectedHeader.typ]).toEqual(['string', 'logout+jwt']);
    });

    it.each([['with', true], ['without', false]])('a browser logs out %s an ID token, and a logout token arrives', async (_how, hints) => {
      const receiver = await startLogoutReceiver();
      const party = await createRelyingParty(peer, { backChannelLogout: { url: receiver.url, bySession: false } });
      const [person, browser] = [await peer.newPerson(), createBrowser(atApplication)];
      const { idToken } = await logIn(party, person, browser);
      let page = await browser.open(party.logoutUrl(hints ? idToken : undefined));
      if (page.status !== 0) page = await browser.submit(page);
      expect(page.url).toBe(`${application}after-logout`);
      await eventually(() => receiver.tokens.length === 1);
      const { payload } = await jwtVerify(receiver.tokens[0] ?? '', createRemoteJWKSet(new URL(party.jwksUri)));
      expect([payload.sub, payload['sid']]).toEqual([person.subject, undefined]);
    });

    it('keys are rotated, the next token has the new key, and the old one is published only where it is kept', async () => {
      const [person, party] = [await peer.newPerson(), await createRelyingParty(peer)];
      const keyOf = async (): Promise<string | undefined> => decodeProtectedHeader((await logIn(party, person)).idToken).kid;
      const published = async (): Promise<readonly string[]> => {
        const { keys } = await (await fetch(party.jwksUri)).json() as { readonly keys: readonly { kid: string; use: string }[] };
        return keys.filter(({ use }) => use === 'sig').map(({ kid }) => kid);
      };
      const first = await keyOf();
      expect(await published()).toEqual([first]);
      await peer.rotateKeys({ keepsOld: true });
      const second = await keyOf();
      expect([...await published()].sort()).toEqual([first, second].sort());
      await peer.rotateKeys();
      expect(await published()).toEqual([await keyOf()]);
      expect(new Set([first, second, ...await published()]).size).toBe(3);
    });
  });
}
