import express from 'express';
import type { Express, RequestHandler } from 'express';
import mongoose from 'mongoose';
import { createGatehouse } from '../../../src/gatehouse.ts';
import type { GatehouseDeps } from '../../../src/gatehouse.types.ts';
import { requirePermission } from '../../../src/host/guards/permission.guard.ts';
import { publicRoute } from '../../../src/host/guards/public-route.ts';
import { printFindings } from '../../../src/http/census/census.ts';
import { testSettings } from '../../support/test-settings.ts';
import { rawRequest } from '../../gatehouse/raw-request.ts';
import { listen } from '../../gate/gated-app.ts';

type Mount = (app: Express, gate: RequestHandler, routes: RequestHandler) => void;

const answer: RequestHandler = (_request, response) => void response.end('ran');

/** Boots a host app without a database: the census comes before anything is read. */
async function boot(host: (app: Express) => void, deps: Partial<GatehouseDeps> = {}, mount?: (app: Express, gate: RequestHandler) => void) {
  const gatehouse = createGatehouse({ connection: mongoose.createConnection(), settings: testSettings(), ...deps });
  const app = express();
  if (mount) mount(app, gatehouse.authenticator);
  else app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  host(app);
  app.use(gatehouse.errorHandler);
  const failure = await gatehouse.init(app).then(() => 'booted', (error: unknown) => String(error));
  const { origin, close } = await listen(app);
  const { status, text } = await rawRequest(origin, 'GET /stray HTTP/1.1');
  await close();
  await gatehouse.close();
  return { failure, stray: `${status} ${text.includes('not-ready') ? 'not-ready' : text}` };
}

describe('the boot', () => {
  const faults: [string, string, ...Parameters<typeof boot>][] = [
    ['an unregistered route', 'unregistered-route +GET /stray', (app) => app.get('/stray', answer)],
    ['a registered URL that nobody serves', 'registered-unserved +/stray', () => undefined, { urls: { simple: { '/': ['stray'] } } }],
    ['a shadowed route', 'shadowed-route +GET /stray', (app) => app.get('/:any', answer).get('/stray', answer), {
      urls: { simple: { '/': ['stray', ':any'] } },
    }],
    ['an ungated app.use', 'ahead-of-gate +answer at /', () => undefined, {}, (app, gate) => app.use(answer, gate)],
    ['an uncovered app.use', 'uncovered-handler +answer at /', (app) => app.use(answer)],
    ['no gate', 'gate-missing +app', () => undefined, {}, () => undefined],
    ['a guard with a parameter that its route has not', 'guard-parameter +read:strays/:strayId at /stray', (app) => app.get(
      '/stray', requirePermission('read:strays/:strayId'), answer,
    ), { urls: { auth: { '/': ['stray'] } } }],
    ['a guard in a router that hides the parameter', 'guard-parameter +read:strays/:strayId at /stray/:strayId/x', (app) => app.use(
      '/stray/:strayId', express.Router().get('/x', requirePermission('read:strays/:strayId'), answer),
    ), { urls: { auth: { '/stray/:strayId/': ['x'] } } }],
    ['a guard of app.use with a parameter that its path has not', 'guard-parameter +read:strays/:strayId at /stray', (app) => app.use(
      '/stray', requirePermission('read:strays/:strayId'),
    )],
    ["a URL of Gatehouse's own in another class", 'registered-twice +/USERS/logout', () => undefined, {
      urls: { simple: { '/': ['USERS/logout/'] } },
    }],
    ["a route ahead of Gatehouse's own", 'shadowed-route +GET /permissions/what-can', () => undefined, {
      urls: { auth: { '/': ['permissions/:any'] } },
    }, (app, gate) => app.use(gate).get('/permissions/:any', answer)],
  ];
  for (const [name, line, ...args] of faults) {
    it(`${name}, stops it, is named, and leaves the gate shut`, async () => {
      const { failure, stray } = await boot(...args);
      expect(failure).toMatch(/^\w*Error: The census found faults. The gate could not decide about:\n/);
      expect(failure.split('\n').slice(1).filter((each) => new RegExp(`^  ${line}  `).test(each))).toHaveLength(1);
      expect(failure.split('\n')).toHaveLength(2);
      // Where there is no gate in front, there is nothing to leave shut.
      if (!['an ungated app.use', 'no gate'].includes(name)) expect(stray).toBe('503 not-ready');
    });
  }

  const misplacements: [string, string, Mount][] = [
    ['the gate below a path', 'gate-missing +app +It is mounted at /api: mount it on the app itself', (
      app, gate, routes,
    ) => app.use('/api', gate).use(routes)],
    ['the gate in a router', 'gate-missing +app +It is mounted at /api: mount it on the app itself', (app, gate, routes) => app.use(
      '/api', express.Router().use(gate, routes),
    )],
    ['the gate last', 'gate-last +app +\\d+ routes are declared before the authenticator: mount it first', (
      app, gate, routes,
    ) => app.use(routes).get('/stray', answer).use(gate)],
    ['the gate behind its own routes', 'gate-last +app +\\d+ routes are declared before', (app, gate, routes) => (
      app.use(routes).use(gate).get('/stray', answer))],
    ['its own routes below a path', 'routes-below-path +/auth +Mount Gatehouse\'s own URLs', (app, gate, routes) => app.use(gate).use(
      '/auth', routes,
    )],
  ];
  it.each(misplacements)('%s, is the one finding', (_what, line, mount) => {
    const gatehouse = createGatehouse({ connection: mongoose.createConnection(), settings: testSettings() });
    const app = express();
    mount(app, gatehouse.authenticator, gatehouse.routes());
    expect(printFindings(gatehouse.census(app))).toMatch(new RegExp(`^  ${line}[^\\n]*$`));
    return gatehouse.close();
  });

  it('guards whose parameters their routes have, of app.use too, are no finding', () => {
    const guard = requirePermission('read:strays/:strayId');
    const gatehouse = createGatehouse(
      { connection: mongoose.createConnection(), settings: testSettings(), urls: { auth: { '/stray/': [':strayId', ':strayId/x'] } } },
    );
    const app = express();
    app.use(gatehouse.authenticator, gatehouse.routes());
    app.use('/stray/:strayId', guard, express.Router({ mergeParams: true }).get('/x', guard, answer));
    app.get('/stray/:strayId', guard, publicRoute, answer);
    expect(gatehouse.census(app)).toEqual([]);
    return gatehouse.close();
  });
});
