import type { RequestHandler } from 'express';
import { frontDoorGuards } from '../../src/gate/front-door.ts';
import type { RoutePasses } from '../../src/gate/route-pass.ts';
import { guardUpgrades } from '../../src/gate/upgrade-gate.ts';
import { closeListeners, createGatedApp, listen } from '../gate/gated-app.ts';
import type { GatedAppOptions } from '../gate/gated-app.ts';
import { addHost, hostAfterGate, hostDeclaration, hostUrls } from './host.ts';
import { createRandom } from './random.ts';
import { createReference } from './reference.ts';
import { createRequests } from './requests.ts';
import { createFuzz } from './run.ts';
import type { FuzzReport } from './run.ts';
import { rights, rolesOfUsers } from './users.ts';

const seed = 4;
const targets = 1_200;

/** Fuzzes a gate with something taken out, on the same host and by the same reference, without a database. */
async function fuzzWithout(parts: Partial<GatedAppOptions> = {}, ahead?: RequestHandler): Promise<FuzzReport> {
  const fuzz = createFuzz();
  const { app, open, gate, refuse } = createGatedApp({
    urls: hostDeclaration, tokens: { ...rolesOfUsers, guest: [], root: ['*'] }, afterGate: [...hostAfterGate, 'overrides'],
    host: (host) => addHost(ahead ? host.use(ahead) : host, fuzz.onRun), ...parts,
  });
  open();
  const { server, origin, close } = await listen(app);
  guardUpgrades(server, { gate, refuse });
  const expected = createReference(hostUrls, rights);
  const next = createRequests(createRandom(seed), {
    urls: hostUrls, otherUrls: ['/nowhere'], tokens: { ann: 'ann', bob: 'bob', guest: 'guest', root: 'root', garbage: 'rubbish' },
  });
  const report = await fuzz.run({ port: Number(new URL(origin).port), targets, next, expected });
  await close();
  return report;
}

/** What a host might add behind the gate, to let clients choose path and method by headers. */
const overrides: RequestHandler = function overrides(request, _response, next) {
  const { 'x-rewrite-url': url, 'x-http-method-override': method } = request.headers;
  if (typeof url === 'string') request.url = url;
  if (typeof method === 'string') request.method = method;
  next();
};

describe('the fuzz', () => {
  afterEach(closeListeners);

  it('no part removed, finds nothing', async () => {
    const { wrong, omitted, missing, failures, reached } = await fuzzWithout();
    expect({ wrong, omitted, missing, failures }).toEqual({ wrong: [], omitted: [], missing: [], failures: [] });
    expect(reached).toBeGreaterThan(100);
  });

  // Without this one guard, `*` alone comes further, and no router takes it for a route: its own tests must do.
  for (const { name } of frontDoorGuards.filter((guard) => guard.name !== 'not-origin-form')) {
    it(`front door without ${name}, sees handlers run that no decision allowed`, async () => {
      const { wrong } = await fuzzWithout({ guards: frontDoorGuards.filter((guard) => guard.name !== name) });
      expect(wrong.length).toBeGreaterThan(0);
    });
  }

  it('a router that disagrees with the gate, is stopped by the route pass with a 500', async () => {
    const { wrong, failures } = await fuzzWithout({}, overrides);
    expect(wrong).toEqual([]);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((each) => !each.includes('500 route-mismatch'))).toEqual([]);
  });

  it('a router that disagrees with the gate, without the route pass, is seen to run what no decision allowed', async () => {
    const passes: RoutePasses = {
      leave: () => undefined, take: () => null, admitsHandler: () => true, isForOthers: () => false, decidedOf: () => undefined,
    };
    const { wrong } = await fuzzWithout({ passes }, overrides);
    expect(wrong.length).toBeGreaterThan(0);
  });
});
