import express from 'express';
import type { ErrorRequestHandler, Express, NextFunction, Request, RequestHandler, Response } from 'express';
import fc from 'fast-check';
import type { UrlDeclaration } from '../../../src/engine/urls/registered-url.ts';
import { createGatedApp } from '../../gate/gated-app.ts';
import type { GatedAppOptions } from '../../gate/gated-app.ts';
import { paths, patternSets } from '../../engine/patterns.ts';
import { proof } from '../../support/proof.ts';

const answer: RequestHandler = (_request, response) => void response.end();
function prepares(_request: Request, _response: Response, next: NextFunction) {
  next();
}
const urls: UrlDeclaration = {
  simple: { '/': ['', 'files/*path', { name: 'news', methods: ['GET'] }] },
  auth: {
    '/': ['users/me', 'users/:id', { name: 'news', methods: ['POST'] }, 'p/:id/posts/:postId', 'members/*path'], '/u/': [':id/files/*path'],
  },
};
const routes = (app: Express) => {
  app.get('/', answer).all('/users/me', answer).route('/users/:id').get(answer).put(answer).delete(answer);
  app.post('/news', answer).get('/news', answer);
  const posts = express.Router({ mergeParams: true }).patch('/:postId/', answer);
  app.use('/p/:id', express.Router().use('/posts', posts));
};
const handlers = (app: Express) => {
  app.use('/files', express.static('nowhere')).use('/members/area', express().get('/x', answer)).use('/u/:id/files', answer);
};
const onError: ErrorRequestHandler = (error, _request, _response, next) => next(error);

/** Apps that gate and router read alike. */
const sound: Record<string, GatedAppOptions> = {
  'routes, app.all, nested routers, handlers and apps below wildcards': {
    urls, host: (app) => [routes, handlers].forEach((add) => add(app.use(prepares))), afterGate: ['prepares'],
  },
  'handlers ahead of routes': { urls, host: (app) => [handlers, routes].forEach((add) => add(app)) },
  'body parsers, named': { urls, host: (app) => [routes, handlers].forEach(
    (add) => add(app.use(express.json(), express.urlencoded(), express.text())),
  ), afterGate: ['jsonParser', 'urlencodedParser', 'textParser'] },
  'a handler at the root with a wildcard inside': {
    urls: { simple: { '/': ['*path'] }, auth: { '/': ['members/*path'] } }, host: (app) => app.use(express.static('nowhere')),
  },
  'a handler deeper than its wildcard': { urls: { simple: { '/': ['*path'] } }, host: (app) => app.use('/a/:b/c', answer) },
  'external URLs': { urls: {
    auth: { '/': [{ name: 'billing/*path', external: true }, { name: 'report/:id', external: true, methods: ['GET'] }] },
  }, host: () => undefined },
  'a named handler ahead of the gate': { urls: {}, before: (app) => app.use(prepares), beforeGate: ['prepares'], host: () => undefined },
  'error handlers ahead of the gate and behind it': { urls: {}, before: (app) => app.use(onError), host: (app) => app.use(onError) },
  'a named handler of a parameter': {
    urls: { auth: { '/': ['u/:id'] } }, host: (app) => app.param('id', prepares).get('/u/:id', answer), afterGate: ['prepares'],
  },
  'a router mounted twice': {
    urls: { auth: { '/': ['a/x', 'b/x'] } }, host: (app) => app.use(['/a', '/b'], express.Router().get('/x', answer)),
  },
  'a literal after a parameter with another method': {
    urls: { auth: { '/': ['users/:id', 'users/me'] } }, host: (app) => app.get('/users/:id', answer).post('/users/me', answer),
  },
  'patterns that never meet': { urls: {
    auth: { '/': ['a/:x/c', 'a/b/:y/d', ':z'] },
  }, host: (app) => app.get('/a/:x/c', answer).get('/:z', answer).get('/a/b/:y/d', answer) },
  'a route that a better one keeps from what it shares with an earlier one': { urls: {
    simple: { '/': ['c/a/*rest', ':x/a/*rest', 'c/*rest'] },
  }, host: (app) => app.get('/c/a/*rest', answer).get('/:x/a/*rest', answer).get('/c/*rest', answer) },
  'several handlers of one route': { urls: { auth: { '/': ['a'] } }, host: (app) => app.get('/a', prepares, [prepares, answer]) },
};

describe('the census of sound apps', () => {
  for (const [name, options] of Object.entries(sound)) {
    it(`${name}, finds nothing`, () => {
      expect(createGatedApp(options).census()).toEqual([]);
    });
  }
});

describe('gate and router', () => {
  /** The route that Express runs for a path: the last one that answered. */
  function routeOf(app: Express, path: string): Promise<string> {
    let ran = 'none';
    const request = { method: 'GET', url: path, headers: {} } as unknown as Request;
    const response = { setHeader: () => undefined, end: (url: string) => { ran = url; } } as unknown as Response;
    return new Promise((resolve) => {
      app.router(request, response, () => resolve(ran));
      setImmediate(() => resolve(ran));
    });
  }

  const numRuns = proof({ short: 60, ci: 200, full: 600 });

  it('any routes that the census finds nothing in, choose the same one for every path', async () => {
    let agreed = 0;
    await fc.assert(fc.asyncProperty(patternSets, async (set) => {
      const { census, open, app } = createGatedApp({
        urls: { simple: { '/': set.map(({ url }) => url) } }, mountGate: false,
        host: (host) => set.forEach(({ url }) => host.get(url, (_request, response) => void response.end(url))),
      });
      const isSound = census().every(({ check }) => check === 'gate-missing');
      const plain = express();
      for (const { url } of set) plain.get(url, (_request, response) => void response.end(url));
      const registry = open();
      const differing: unknown[] = [];
      for (const path of paths.map((parts) => `/${parts.join('/')}`)) {
        const lookup = registry.lookUp('GET', path);
        const [gate, router] = [lookup.kind === 'found' ? lookup.endpoint.url : 'none', await routeOf(plain, path)];
        if (gate !== router) differing.push([path, gate, router]);
      }
      // And the other way round: a shadow that is reported is a real one.
      expect([isSound, set.map(({ url }) => url), differing.length > 0]).toEqual([isSound, set.map(({ url }) => url), !isSound]);
      if (isSound) agreed += 1;
      expect(app.router.stack.length).toBeGreaterThan(0);
    }), { numRuns, includeErrorInReport: true });
    expect(agreed).toBeGreaterThan(5);
  }, 120_000);
});
