import express from 'express';
import type { Express, RequestHandler } from 'express';
import { checkPolicies, requirePermission } from '../../src/host/guards/permission.guard.ts';
import { publicRoute } from '../../src/host/guards/public-route.ts';
import { requireRoles } from '../../src/host/guards/role.guard.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';

const guard = requirePermission('read:items');
const handler: RequestHandler = (_request, response) => void response.end('ran');
const nameless = (): RequestHandler => (_request, response) => void response.end('ran');
function countRequest(...[, , next]: Parameters<RequestHandler>): void {
  next();
}

/** What protect says about an app; empty if it is content. */
function faultsOf(build: (app: Express) => void, neverAnswer: readonly string[] = [], ahead?: (app: Express) => void): string {
  const verifier = createVerifier({ issuer: 'https://gate.test' });
  const app = express();
  ahead?.(app);
  app.use(verifier.authenticator);
  build(app);
  try {
    verifier.protect(app, { neverAnswer });
    return '';
  } catch (error) {
    return (error as Error).message.split('\n').slice(1).join('\n');
  }
}

describe('verifier.protect, content', () => {
  it.each<[string, (app: Express) => void]>([
    ['no routes', () => undefined],
    ['a guard of each kind', (app) => {
      app.get('/a', guard, handler);
      app.post('/b', requireRoles('chief'), handler);
      app.put('/c', checkPolicies({ actions: ['read'], resources: ['items'] }), handler);
      app.delete('/d', publicRoute, handler);
    }],
    ['several guards', (app) => void app.get('/a', guard, requireRoles('chief'), handler)],
    ['a guard for all methods, then one handler for each', (app) => void app.route('/a').all(guard).get(handler).post(handler)],
    ['app.all', (app) => void app.all('/a', guard, handler)],
    ['routers in routers', (app) => {
      const inner = express.Router().get('/c', guard, handler);
      app.use('/a', express.Router().use('/b', inner));
    }],
    ['a guard by app.use besides those of the routes', (app) => void app.use('/a', requireRoles('chief')).get('/a/b', guard, handler)],
    ['a guard that asks for parameters of the path', (app) => void app.use('/p/:projectId', express.Router({ mergeParams: true }).get(
      '/:itemId', requirePermission('read:projects/:projectId/:itemId'), handler,
    ))],
    ['an error handler on a route, which sees only failures', (app) => void app.get(
      '/a', ((_error, _request, _response, next) => next()) as express.ErrorRequestHandler, guard, handler,
    )],
    ['an error handler', (app) => void app.use(((_error, _request, _response, next) => next()) as express.ErrorRequestHandler)],
    ['paths by patterns', (app) => void app.get([/^\/a+$/, '/files/*path'], guard, handler)],
  ])('with %s', (_case, build) => {
    expect(faultsOf(build)).toBe('');
  });

  it('with handlers that are declared to never answer, by app.use, on a route and for a parameter, before the authenticator too', () => {
    const build = (app: Express) => {
      app.use(express.json());
      app.param('id', countRequest);
      app.get('/a/:id', countRequest, guard, handler);
    };
    expect(faultsOf(build, ['jsonParser', 'countRequest'], (app) => void app.use(countRequest))).toBe('');
  });

  it('with a public route ahead of the authenticator', () => {
    expect(faultsOf(() => undefined, [], (app) => void app.get('/livez', publicRoute, handler))).toBe('');
  });
});

describe('verifier.protect, stops the boot', () => {
  it.each<[string, (app: Express) => void, string | RegExp]>([
    ['a route without a guard', (app) => void app.get('/a', handler), /unguarded-route +GET \/a /],
    ['a route of every method without one', (app) => void app.all('/a', handler), /unguarded-route +GET, POST, PUT, PATCH, DELETE \/a /],
    ['one method of a route without one', (app) => void app.route('/a').get(guard, handler).post(handler), /unguarded-route +POST \/a /],
    ['HEAD of its own', (app) => void app.route('/a').head(handler).get(guard, handler), /unguarded-route +HEAD \/a /],
    ['a handler ahead of the guard', (app) => void app.get('/a', nameless(), guard, handler), /unguarded-route +GET \/a /],
    ['a guard after the handlers', (app) => void app.route('/a').get(handler).all(guard), /unguarded-route +GET \/a /],
    ['a guard that is for another method', (app) => void app.route('/a').get(guard).all(
      handler,
    ), /unguarded-route +POST, PUT, PATCH, DELETE \/a /],
    ['a route in a router behind a guard by app.use alone', (app) => void app.use(
      '/a', guard, express.Router().get('/b', handler),
    ), /unguarded-route +GET \/a\/b /],
    ['a handler of app.use', (app) => void app.use('/files', express.static('.')), /unguarded-handler +serveStatic at \/files /],
    ['a nameless handler, whatever is named', (app) => void app.use(nameless()), /unguarded-handler +<anonymous> at \/ /],
    ['an app inside, whatever is named', (app) => void app.use(
      '/sub', express().get('/a', guard, handler),
    ), /unguarded-handler +mounted_app at \/sub /],
    ['a handler for a parameter', (app) => {
      app.param('id', (_request, response) => void response.end('ran'));
      app.get('/a/:id', guard, handler);
    }, /unguarded-handler +<anonymous> at \/:id /],
    ['a guard that asks for a parameter which the path has not', (app) => void app.get(
      '/projects/:id', requirePermission('read:projects/:projectId'), handler,
    ), /guard-parameter +read:projects\/:projectId at \/projects\/:id +The guard sees no parameter :projectId/],
    ['a guard that asks for what a wildcard stands for', (app) => void app.get(
      '/files/*path', requirePermission('read:files/:path'), handler,
    ), /guard-parameter/],
    ['a parameter that one of two paths has not', (app) => void app.get(
      ['/a/:id', '/b'], requirePermission('read:a/:id'), handler,
    ), /guard-parameter/],
    ['a parameter that its router hides', (app) => void app.use(
      '/p/:projectId', express.Router().get('/a', requirePermission('read:projects/:projectId'), handler),
    ), /guard-parameter/],
  ])('for %s', (_case, build, said) => {
    expect(faultsOf(build, ['<anonymous>', 'mounted_app'])).toMatch(said);
  });

  it('for a guarded route or an unknown handler ahead of the authenticator', () => {
    expect(faultsOf(() => undefined, [], (app) => void app.get('/a', guard, handler))).toMatch(/ahead-of-authenticator +GET \/a /);
    expect(faultsOf(() => undefined, [], (app) => void app.use('/a', guard))).toMatch(/ahead-of-authenticator +guard at \/a /);
    expect(faultsOf(() => undefined, [], (app) => void app.get('/a', handler))).toMatch(/unguarded-route +GET \/a /);
    expect(faultsOf(() => undefined, [], (app) => void app.use(countRequest))).toMatch(/unguarded-handler +countRequest at \/ /);
  });

  it('for an authenticator that is not mounted, or on a path', () => {
    const verifier = createVerifier({ issuer: 'https://gate.test' });
    expect(() => verifier.protect(express())).toThrow('authenticator-missing');
    expect(() => verifier.protect(express().use('/a', verifier.authenticator))).toThrow('authenticator-missing');
    expect(() => verifier.protect(express().use(createVerifier({ issuer: 'https://gate.test' }).authenticator)))
      .toThrow('authenticator-missing');
  });

  it('names all of it at once', () => {
    const faults = faultsOf((app) => {
      app.get('/a', handler);
      app.post('/b', handler);
      app.use('/c', handler);
    });
    expect(faults.split('\n')).toHaveLength(3);
  });
});

describe('verifier.protect, done', () => {
  it('route or handler added later, in any way, throws', () => {
    const verifier = createVerifier({ issuer: 'https://gate.test' });
    const app = express();
    app.use(verifier.authenticator);
    const router = express.Router();
    const route = router.route('/a').get(guard, handler);
    app.use(router);
    verifier.protect(app);
    for (const add of [() => app.get('/b', handler), () => app.use(handler), () => router.get(
      '/b', handler,
    ), () => route.post(handler), () => route.all(handler), () => app.param('id', handler)]) {
      expect(add).toThrow();
    }
  });
});
