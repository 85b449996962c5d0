import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { mountRoutes } from '../../../src/http/route/mount-routes.ts';
import { rawRequest } from '../../gatehouse/raw-request.ts';
import { closeListeners, createGatedApp, listen } from '../../gate/gated-app.ts';
import type { GatedAppOptions } from '../../gate/gated-app.ts';

/** Rewrites what the headers say, as some middlewares do behind a gate. */
const rewrites: RequestHandler = function rewrites(request, _response, next) {
  const { 'x-url': url, 'x-method': method } = request.headers;
  if (typeof url === 'string') request.url = url;
  if (typeof method === 'string') request.method = method;
  next();
};

const urls = {
  simple: { '/': ['open', 'u/:id', 'files/*path', { name: 'list', methods: ['GET'] }, 'both', 'any'] },
  auth: { '/': [
    'closed', 'closed/:id', 'private/*path', { name: 'list', methods: ['POST'] }, { name: 'out/report', external: true }, 'out/*path',
  ] },
} as const;

/** Serves an app whose routes answer with their own names, and tells which ran. */
async function serve(host: (app: Express, runs: (name: string) => RequestHandler) => void, options: Partial<GatedAppOptions> = {}) {
  const ran: string[] = [];
  const runs = (name: string): RequestHandler => (request, response) => {
    ran.push(name);
    response.end(`${name} ${request.method}`);
  };
  const gated = createGatedApp({ urls, tokens: {
    ada: ['/closed', '/out/report', '/out/*p', '/private/*p'],
  }, host: (app) => host(app.use(rewrites), runs), afterGate: ['rewrites'], ...options });
  gated.open();
  const { origin } = await listen(gated.app);
  return {
    ...gated, ran,
    async ask(line: string, headers: readonly string[] = []) {
      const { status, text } = await rawRequest(origin, `${line} HTTP/1.1`, headers);
      return `${status}${text.startsWith('{') ? ` ${(JSON.parse(
        text,
      ) as { code: string }).code}` : text.startsWith('<') ? '' : ` ${text}`}`;
    },
  };
}

const mismatch = '500 route-mismatch';
const plain = (app: Express, runs: (name: string) => RequestHandler) => {
  app.get('/open', runs('open')).get('/u/:id', runs('user')).all('/any', runs('any')).get(
    '/list', runs('list'),
  ).post('/list', runs('add')).all('/closed', runs('closed')).all('/closed/:id', runs('one'));
  app.use('/files', runs('files')).use('/private', runs('private')).use(express.Router().all('/both', runs('both')));
};

describe('protected routes', () => {
  afterEach(closeListeners);

  it('what the gate decided about, runs', async () => {
    const server = await serve(plain);
    expect([await server.ask('GET /open'), await server.ask('GET /U/7/?x'), await server.ask('HEAD /open'), await server.ask(
      'PATCH /any',
    ), await server.ask('PUT /both'), await server.ask('GET /files/a/b'), await server.ask('DELETE /files/a')])
      .toEqual(['200 open GET', '200 user GET', '200 ', '200 any PATCH', '200 both PUT', '200 files GET', '200 files DELETE']);
    expect(server.log.lines).toEqual([]);
  });

  it('a path rewritten to another route, answers 500 and runs nothing, also where the caller may reach both', async () => {
    const server = await serve(plain);
    for (const [from, to] of [['/open', '/closed'], ['/open', '/u/7'], ['/u/7', '/u/8'], ['/any', '/closed/7'], ['/any', '/both'], [
      '/open', '/closed?x',
    ], ['/closed', '/closed/7']]) {
      expect([from, to, await server.ask(`GET ${from}`, [`X-Url: ${to}`, 'Authorization: Bearer ada'])]).toEqual([from, to, mismatch]);
    }
    expect(server.ran).toEqual([]);
    expect(server.log.lines).toHaveLength(7);
  });

  it('a path rewritten to a handler, or from one wildcard to another, runs nothing', async () => {
    const server = await serve(plain);
    for (const to of [
      '/private/x', '/files/b', '/files/a/../b', '/FILES/a', '/open',
    ]) expect([to, await server.ask('GET /files/a', [`X-Url: ${to}`])]).toEqual([to, mismatch]);
    expect(await server.ask('GET /open', ['X-Url: /private/x'])).toBe('404');
    expect(server.ran).toEqual([]);
  });

  it('a method rewritten, answers 500 and runs nothing, on routes and handlers', async () => {
    const server = await serve(plain);
    for (const [line, method] of [
      ['GET /list', 'POST'], ['GET /any', 'DELETE'], ['GET /any', 'PURGE'], ['GET /any', 'get'], ['GET /any', 'CONNECT'],
      ['GET /files/a', 'DELETE'], ['GET /files/a', 'get'], ['POST /any', 'GET'], ['POST /any', 'HEAD'], ['GET /both', 'POST'],
      ['GET /both', 'PURGE'],
    ]) {
      expect([line, method, await server.ask(line ?? '', [`X-Method: ${method}`])]).toEqual([line, method, mismatch]);
    }
    expect(server.ran).toEqual([]);
  });

  it('method override headers and X-Original-URL, change nothing by themselves', async () => {
    const server = await serve(plain);
    const headers = [
      'X-Original-URL: /closed', 'X-Rewrite-URL: /closed', 'X-HTTP-Method-Override: POST', 'X-Method-Override: POST',
      'X-Forwarded-Prefix: /closed', 'X-Forwarded-Uri: /closed',
    ];
    expect(await server.ask('GET /list', headers)).toBe('200 list GET');
  });

  it('a route that hands on to the next one, does not hand on its pass', async () => {
    const server = await serve((app, runs) => {
      app.get('/open', (_request, _response, next) => next('route'), runs('skipped'));
      app.get('/u/:id', (_request, _response, next) => next());
      app.get('/:any', runs('any route')).get('/u/*path', runs('rest'));
    });
    expect([await server.ask('GET /open'), await server.ask('GET /u/7')]).toEqual([mismatch, mismatch]);
    expect(server.ran).toEqual([]);
  });

  it('error handlers inside a route, cannot wave a mismatch through', async () => {
    const recover: ErrorRequestHandler = (_error, _request, _response, next) => next();
    const server = await serve((app, runs) => app.get('/closed', recover, runs('closed')).use(recover).get('/open', recover, runs('open')));
    expect([await server.ask('GET /u/7', ['X-Url: /closed']), await server.ask('GET /files/x', ['X-Url: /open'])])
      .toEqual([mismatch, mismatch]);
    expect(server.ran).toEqual([]);
  });

  it('HEAD, passes by routes that serve other methods, as GET does', async () => {
    const server = await serve((app, runs) => {
      app.post('/u/me', runs('post me')).get('/u/:id', runs('user'));
    }, { urls: { simple: { '/': ['u/me', 'u/:id'] } } });
    expect([await server.ask('GET /u/me'), await server.ask('HEAD /u/me'), await server.ask('POST /u/me')])
      .toEqual(['200 user GET', '200 ', '200 post me POST']);
    expect(server.ran).toEqual(['user', 'user', 'post me']);
  });

  it('routes of several paths and of routers mounted twice, run on each of them', async () => {
    const server = await serve((app, runs) => app.get(['/open', '/both'], runs('open')).use(
      ['/files', '/u'], express.Router().get('/:id', runs('below')),
    ), {
      urls: { simple: { '/': ['open', 'both', 'files/:id', 'u/:id'] } },
    });
    expect([await server.ask('GET /open'), await server.ask('GET /both'), await server.ask('GET /files/1'), await server.ask('GET /u/1')])
      .toEqual(['200 open GET', '200 open GET', '200 below GET', '200 below GET']);
    expect(await server.ask('GET /files/1', ['X-Url: /u/1'])).toBe(mismatch);
  });

  it('handlers below a wildcard, run one after the other, and only for it or for external URLs', async () => {
    const server = await serve((app, runs) => {
      app.use('/', function looks(request, response, next) { response.setHeader('X-Seen', request.url); next(); });
      app.use('/files', (_request, _response, next) => next(), runs('files')).use('/out', runs('out')).get('/open', runs('open'));
    });
    expect(
      [await server.ask('GET /files/a'), await server.ask('GET /open'), await server.ask('GET /files'), await server.ask('GET /files/')],
    ).toEqual(['200 files GET', '200 open GET', '404 unknown-url', '404 unknown-url']);
    expect([await server.ask(
      'GET /out/report', ['Authorization: Bearer ada'],
    ), await server.ask('GET /out/x', ['Authorization: Bearer ada']), await server.ask('GET /out/report')])
      .toEqual(['200 out GET', '200 out GET', '401 token-missing']);
  });

  it('a handler that fails or rejects, is answered by the error handler', async () => {
    const server = await serve(
      (app) => app.use('/files', () => Promise.reject(new Error('down'))).use('/private', () => { throw new Error('down'); }),
    );
    expect([await server.ask('GET /files/a'), await server.ask('GET /private/a', ['Authorization: Bearer ada'])])
      .toEqual(['500 internal', '500 internal']);
  });

  it('handlers beside one that checks for itself, are checked as well', async () => {
    const route = defineRoute({ method: 'GET', url: '/open', summary: 'Open.', errors: [], handler: () => undefined });
    const mounted = mountRoutes([route], { takePass: () => null }).stack[0]?.route?.stack[0]?.handle;
    if (!mounted) throw new Error('the router reads otherwise than it did');
    const server = await serve((app, runs) => app.get('/open', runs('own'), mounted));
    expect([await server.ask('GET /u/7', ['X-Url: /open']), await server.ask('GET /any', ['X-Url: /open'])]).toEqual([mismatch, mismatch]);
    expect(server.ran).toEqual([]);
  });

  it('protected twice, by two inits, checks once', async () => {
    const server = await serve(plain);
    server.open();
    expect([await server.ask('GET /open'), await server.ask('GET /files/a')]).toEqual(['200 open GET', '200 files GET']);
  });

  it('routes, handlers and parameters declared after the gate opened, throw', async () => {
    const router = express.Router();
    const server = await serve((app) => app.use('/r', router));
    const handler: RequestHandler = (_request, response) => void response.end('late');
    for (const declare of [
      () => server.app.get('/open', handler), () => server.app.use(handler), () => server.app.route('/open'),
      () => router.get('/late', handler), () => router.use(handler), () => server.app.all('/open', handler),
    ]) expect(declare).toThrow('before gatehouse.init(app)');
    expect(() => router.param('id', handler)).toThrow();
    expect(() => server.app.router.stack.unshift()).toThrow();
    expect(await server.ask('GET /open')).toBe('404');
  });
});
