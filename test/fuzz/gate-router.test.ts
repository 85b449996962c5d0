import { randomInt } from 'node:crypto';
import { loadEndpoints } from '../api/registered.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { addHost, hostAfterGate, hostDeclaration, hostUrls } from './host.ts';
import { createRandom } from './random.ts';
import { createReference } from './reference.ts';
import type { Rights } from './reference.ts';
import { createRequests } from './requests.ts';
import { createFuzz, printReport } from './run.ts';

const isWhole = process.env['CI'] === 'true';
const targets = Number(process.env['FUZZ_TARGETS'] ?? (isWhole ? 200_000 : 8_000));
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

/** What each user may reach of the host's: as role management is told it, and as it must turn out. */
const roles: Record<string, readonly { readonly url: string; readonly methods?: readonly string[] }[]> = {
  ann: [
    { url: '/shop/items/me' }, { url: '/shop/items/:id', methods: ['PUT'] }, { url: '/team/:t/members/:m' }, { url: '/reports/:year' }, { url: '/dot.ted/~tilde_x-y' }, { url: '/files/private/*path' },
  ],
  bob: [
    { url: '/shop/items', methods: ['POST'] }, { url: '/shop/items/:id', methods: ['DELETE'] }, { url: '/shop/items/me/reviews/:r' }, { url: '/team/mine/members/:m' }, { url: '/team/:t' }, { url: '/team/:t/members' },
    { url: '/files/index' }, { url: '/reports/*path' }, { url: '/sub/*path' },
  ],
};

function rightsOf(user: string): Rights {
  const shape = (url: string) => url.replace(/:\w+/g, ':');
  return new Set((roles[user] ?? []).flatMap(({ url, methods }) => hostUrls
    .filter((each) => shape(each.url) === shape(url) && each.access === 'auth')
    .flatMap((each) => each.methods.filter((method) => !methods || methods.includes(method)).map((method) => `${method} ${each.url}`))));
}

describe('gate and router', () => {
  const fuzz = createFuzz();
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ urls: hostDeclaration, afterGate: hostAfterGate, host: (app) => addHost(app, fuzz.onRun) });
  });
  afterAll(() => server.close());

  /** Tokens by name: of users with different rights, of none any more, and of nobody ever. */
  async function makeTokens(): Promise<Record<string, string>> {
    const tokenOf = async (...rights: readonly unknown[]) => (await server.newUser(...(rights.length > 0 ? [await server.newRole(...rights)] : []))).client.token ?? '';
    const ended = await server.newUser();
    await ended.client.post('/users/logout', undefined, 204);
    const [ann, root] = [await tokenOf(...(roles['ann'] ?? [])), server.superadmin.token ?? ''];
    const [header = '', claims = ''] = root.split('.');
    return {
      ann, bob: await tokenOf(...(roles['bob'] ?? [])), guest: await tokenOf(), root,
      ended: ended.client.token ?? '',
      swapped: `${header}.${claims}.${ann.split('.')[2] ?? ''}`, garbage: 'rubbish', empty: 'a.b.c', none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
    };
  }

  it(`${targets} targets on raw sockets, run exactly the handlers that the reference allows`, async () => {
    const tokens = await makeTokens();
    const others = (await loadEndpoints(server.superadmin)).filter(({ url, method }) => !hostUrls.some((each) => each.url === url && (each.methods as readonly string[]).includes(method)));
    const expected = createReference(
      [...hostUrls, ...others.map(({ url, method, access }) => ({ url, methods: [method], access, handler: null }))],
      { ann: rightsOf('ann'), bob: rightsOf('bob'), guest: new Set(), root: 'everything' },
    );
    const next = createRequests(createRandom(seed), { urls: hostUrls, otherUrls: others.map(({ url }) => url), tokens });
    const report = await fuzz.run({ port: Number(new URL(server.origin).port), targets, next: (id) => next(id), expected });
    console.log(printReport('fuzz of gate against router', seed, report));
    expect({ seed, disagreements: report.disagreements.slice(0, 5) }).toEqual({ seed, disagreements: [] });
    expect({ seed, missing: report.missing.slice(0, 5), failures: report.failures.slice(0, 5) }).toEqual({ seed, missing: [], failures: [] });
    expect(report.reached / targets).toBeGreaterThan(0.05);
    expect([...report.byHandler.keys()].sort()).toEqual([...new Set(hostUrls.map(({ handler }) => handler))].sort());
  }, 15 * 60_000);
});
