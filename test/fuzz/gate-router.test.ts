import { randomInt } from 'node:crypto';
import type { RightInput } from '../../src/engine/grants/right.ts';
import { loadEndpoints } from '../gatehouse/registered.ts';
import { proof } from '../support/proof.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { addHost, hostAfterGate, hostDeclaration, hostUrls } from './host.ts';
import { createRandom } from './random.ts';
import { createReference } from './reference.ts';
import { createRequests } from './requests.ts';
import { createFuzz, printReport } from './run.ts';
import { rights, rolesOfUsers } from './users.ts';

/** For each of the two servers. */
const targets = Number(process.env['FUZZ_TARGETS'] ?? proof({ short: 2_000, ci: 20_000, full: 100_000 }));
const seed = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));

describe.each(['fast', 'plain'] as const)('gate and router on the %s server', (kind) => {
  const fuzz = createFuzz();
  let server: TestGatehouse;
  beforeAll(async () => {
    server = await startGatehouse({
      server: kind, urls: hostDeclaration, afterGate: hostAfterGate, host: (app) => addHost(app, fuzz.onRun),
    });
  });

  /** Tokens by name: of users with different rights, of none any more, and of nobody ever. */
  async function makeTokens(): Promise<Record<string, string>> {
    const tokenOf = async (...rights: readonly RightInput[]) => (await server.newUser(
      ...(rights.length > 0 ? [await server.newRole(...rights)] : []),
    )).client.token ?? '';
    const ended = await server.newUser();
    await ended.client.post('/users/logout', undefined, 204);
    const [ann, root] = [await tokenOf(...(rolesOfUsers.ann)), server.superadmin.token ?? ''];
    const [header = '', claims = ''] = root.split('.');
    return {
      ann, bob: await tokenOf(...(rolesOfUsers.bob)), guest: await tokenOf(), root,
      ended: ended.client.token ?? '',
      swapped: `${header}.${claims}.${ann.split('.')[2] ?? ''}`, garbage: 'rubbish', empty: 'a.b.c',
      none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
    };
  }

  it(`${targets} targets on raw sockets, run exactly the handlers that the reference allows`, async () => {
    const tokens = await makeTokens();
    const others = (await loadEndpoints(server.superadmin)).filter(
      ({ url, method }) => !hostUrls.some((each) => each.url === url && (each.methods as readonly string[]).includes(method)),
    );
    const expected = createReference(
      [...hostUrls, ...others.map(({ url, method, access }) => ({ url, methods: [method], access, handler: null }))],
      rights,
    );
    // A logout in between would end the very sessions that the reference counts on.
    const otherUrls = others.map(({ url }) => url).filter((url) => url !== '/users/logout');
    const next = createRequests(createRandom(seed), { urls: hostUrls, otherUrls, tokens });
    const report = await fuzz.run({ port: Number(new URL(server.origin).port), targets, next: (id) => next(id), expected });
    console.log(printReport('fuzz of gate against router', seed, report));
    const { wrong, omitted, missing, failures } = report;
    expect({ seed, wrong: wrong.slice(0, 5), omitted: omitted.slice(0, 5) }).toEqual({ seed, wrong: [], omitted: [] });
    expect({ seed, missing: missing.slice(0, 5), failures: failures.slice(0, 5) }).toEqual({ seed, missing: [], failures: [] });
    expect(report.reached / targets).toBeGreaterThan(0.05);
    // Some need one token of many on one URL of many; a short run may not hit upon each.
    const handlers = new Set(hostUrls.map(({ handler }) => handler));
    if (targets >= 100_000) expect([...report.byHandler.keys()].sort()).toEqual([...handlers].sort());
    else expect(report.byHandler.size / handlers.size).toBeGreaterThan(0.75);
  }, 120_000 + 10 * targets);
});
