import { createHash, randomBytes } from 'node:crypto';
import { bodyOf } from '../../../support/answers.ts';
import type { Client } from '../../../support/client/client.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../../support/test-settings.ts';
import { createBrowser } from '../../../peers/browser.ts';
import type { Browser, Page } from '../../../peers/browser.ts';
import type { OidcPeer, Person } from '../../../peers/oidc-peer.ts';

export const publicUrl = 'https://gate.example.com';
export const returnTo = 'https://app.example.com/after-login';

/** The settings of a Gatehouse whose tenants have identity providers on this machine. */
export const signOnSettings = () => testSettings({
  SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password',
  PUBLIC_URL: publicUrl, RETURN_URLS: returnTo, OUTBOUND_NETWORKS: 'sign-on=127.0.0.0/8',
});

/** A pair of RFC 7636. */
export function newChallenge() {
  const codeVerifier = randomBytes(32).toString('base64url');
  return { codeVerifier, codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url') };
}

/** A tenant whose people log in at a realm: members of "engineering" may read the audit trail. */
export interface Company {
  readonly realm: OidcPeer;
  readonly admin: Client;
  readonly providerId: string;
  newBrowser(): Browser;
  /** Goes to the provider as an app sends a person there; without a person, to a provider that knows the browser already. */
  start(browser: Browser, person?: Pick<Person, 'username' | 'password'>): Promise<Started>;
  /** Exchanges the code of a login. */
  exchange(started: Started): Promise<Client>;
  logIn(person: Person, browser?: Browser): Promise<Client>;
}

export interface Started {
  readonly page: Page;
  readonly codeVerifier: string;
}

/** Creates a tenant and connects it with a realm, as docs/guide/identity-providers.md describes it. */
export async function connectCompany(gatehouse: TestGatehouse, realm: OidcPeer): Promise<Company> {
  const newBrowser = () => createBrowser({ stopsAt: [returnTo], hosts: { [publicUrl]: gatehouse.origin } });
  const { admin: { client: admin } } = await gatehouse.newTenant();
  await admin.post('/roles/create', { roleId: 'engineer', type: 'engineer', rights: ['/audit/load'] }, 201);
  const { clientId, clientSecret, setUrls } = await realm.newClient();
  const { providerId, urls } = bodyOf(await admin.post('/identity-providers/create', {
    providerName: 'Company', protocol: 'OIDC',
    configuration: { issuer: realm.issuer, clientId, clientAuthentication: 'basic' }, secrets: { clientSecret },
    roleMapping: [{ group: 'engineering', role: 'engineer' }], provisioning: { create: true },
  }, 201));
  const backChannel = gatehouse.origin + new URL(urls.backChannel ?? '').pathname; // the realm knows no other names of hosts
  await setUrls({ redirect: urls.callback ?? '', afterLogout: returnTo, backChannelLogout: { url: backChannel, bySession: true } });

  const { testId, testUrl = '' } = bodyOf(await admin.post('/identity-providers/test', { providerId }, 200));
  const page = await newBrowser().logIn(testUrl, await realm.newPerson({ groups: ['engineering'] }));
  expect([page.status, page.url]).toEqual([200, `${publicUrl}/sso/test-result/passed`]);
  const test = bodyOf(await admin.get(`/identity-providers/load-test/${testId}`, 200));
  expect(test).toMatchObject({ result: 'passed', would: { would: 'make a user', roles: [{ roleId: 'engineer' }] } });
  await admin.post('/identity-providers/activate', { providerId, revision: 1 }, 200);

  async function start(browser: Browser, person?: Pick<Person, 'username' | 'password'>): Promise<Started> {
    const { codeVerifier, codeChallenge } = newChallenge();
    const query = new URLSearchParams({ providerId, returnTo, codeChallenge, state: 'of the application' });
    const url = `${publicUrl}/sso/start?${query.toString()}`;
    return { page: person ? await browser.logIn(url, person) : await browser.open(url), codeVerifier };
  }

  async function exchange({ page, codeVerifier }: Started): Promise<Client> {
    const { origin, pathname, searchParams } = new URL(page.url);
    expect([origin + pathname, searchParams.get('state')]).toEqual([returnTo, 'of the application']);
    const proof = { code: searchParams.get('code') ?? '', codeVerifier };
    const tokens = bodyOf(await gatehouse.anonymous.post('/users/exchange-code', proof, 200));
    return gatehouse.anonymous.withToken(tokens.access_token);
  }

  return {
    realm, admin, providerId, newBrowser, start, exchange,
    logIn: async (person, browser = newBrowser()) => exchange(await start(browser, person)),
  };
}
