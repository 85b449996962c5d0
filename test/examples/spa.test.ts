import { createSignOn } from '../../examples/spa/sign-on.ts';
import { connectCompany, publicUrl, returnTo, signOnSettings } from '../features/sso/sign-on/company.ts';
import { startOidcProvider } from '../peers/oidc-provider/start-oidc-provider.ts';
import type { Page } from '../peers/browser.ts';
import { bodyOf } from '../support/answers.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';

let skew = 0;
const gatehouse = await startGatehouse({ clock: () => Date.now() + skew, settings: signOnSettings() });
const company = await connectCompany(gatehouse, await startOidcProvider());

/** A tab of a browser, whose page is the example. */
function openTab() {
  const kept = new Map<string, string>();
  const browser = company.newBrowser();
  const left: string[] = [];
  const signOn = createSignOn({
    gatehouse: gatehouse.origin, returnTo, go: (url) => void left.push(url.replace(gatehouse.origin, publicUrl)),
    storage: {
      getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    },
  });
  return {
    signOn, kept,
    /** The page to which the last step of the example went. */
    open: (person?: { readonly username: string; readonly password: string }): Promise<Page> => {
      const url = left.pop() ?? '';
      return person ? browser.logIn(url, person) : browser.open(url);
    },
  };
}

describe('the page of the example', () => {
  const domain = 'spa.example.net';
  beforeAll(async () => {
    const name = bodyOf(await gatehouse.superadmin.get('/tenants/load', 200)).items.find((each) => each.tenantId !== 'default')?.name ?? '';
    await gatehouse.superadmin.post(`/domains/add?tenant=${name}`, { domain, withoutProof: true }, 201);
    await company.admin.put('/identity-providers/update', { providerId: company.providerId, domains: [domain] }, 200);
  });

  it('a person of a verified domain, logs in, calls, proves the identity again, and logs out at both', async () => {
    const person = await company.realm.newPerson({ email: `ann@${domain}` });
    const { signOn, kept, open } = openTab();
    expect(await signOn.begin(person.email)).toBe(true);
    const back = await open(person);
    expect(await signOn.finish(`${back.url}x`)).toBe(false); // another state is not this login
    await signOn.begin(person.email);
    expect(await signOn.finish((await open()).url)).toBe(true);
    expect(kept.size).toBe(0);
    const me = await (await signOn.call('GET', '/profile/me')).json() as { user: { email: string } };
    expect(me.user.email).toBe(person.email);

    skew += 11 * 60_000;
    expect((await signOn.call('POST', '/profile/link-identity', {})).status).toBe(401);
    skew = 0;
    expect(await signOn.finish((await open(person)).url)).toBe(true);
    expect(kept.size).toBe(0);

    await signOn.logOut();
    expect((await open()).url).toBeDefined();
    expect((await signOn.call('GET', '/profile/me')).status).toBe(401);
  });

  it('an address of another domain, leads nowhere', async () => {
    expect(await openTab().signOn.begin('ann@other.example')).toBe(false);
  });
});
