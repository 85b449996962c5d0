import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import cors from 'cors';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import helmet from 'helmet';
import morgan from 'morgan';
import { answerErrors, requestText } from './scenario.ts';
import type { Scenario, ScenarioDeps } from './scenario.ts';

// These packages have no types here, and only what this file calls of them is typed.
const load = createRequire(new URL('../../../../scripts/bench/package.json', import.meta.url));
const create = (name: string, ...values: readonly unknown[]) => (load(name) as (...given: readonly unknown[]) => RequestHandler)(...values);

// What the middlewares add to a request.
interface Uploading { readonly file?: { readonly originalname: string; readonly size: number }; readonly body: unknown }
interface WithSession { readonly session: { count?: number }; readonly sessionID: string; readonly cookies: unknown }
interface OfHost { readonly vhost: { readonly hostname: string } }

/** An app behind the middlewares that hosts use most. Many of them replace functions of the request and the response. */
export async function middlewares({ make, folder }: ScenarioDeps): Promise<Scenario> {
  const app = express();
  const lines: string[] = [];
  const context = new AsyncLocalStorage<string>();
  for (const middleware of [
    create('response-time', { suffix: false }),
    morgan(':method :url :status :res[content-length]', { stream: { write: (line) => void lines.push(line) } }),
    helmet(), cors(), create('compression', { threshold: 0 }), create('cookie-parser', 'secret'),
    create('express-session', { secret: 's', resave: false, saveUninitialized: true, genid: () => 'fixed' }),
    create('method-override', 'X-HTTP-Method-Override'), create('connect-timeout', '5s'),
    ((request, _response, next) => { context.run(request.url, next); }) satisfies RequestHandler,
  ]) app.use(middleware);
  addPassport(app);
  const backend = await addProxy(app);
  const multer = load('multer') as () => { single(field: string): RequestHandler };
  app.post('/upload', multer().single('f'), (request, response) => {
    const { file, body } = request as object as Uploading;
    response.json({ file: file?.originalname, size: file?.size, body });
  });
  app.get('/text', (_request, response) => void response.type('text').send('some text '.repeat(100)));
  app.get('/session', (request, response) => {
    const { session, sessionID, cookies } = request as object as WithSession;
    session.count = (session.count ?? 0) + 1;
    response.cookie('signed', 'x', { signed: true }).json({ sessionID, count: session.count, cookies });
  });
  app.get('/context', async (_request, response) => {
    await new Promise(setImmediate);
    response.json(context.getStore());
  });
  app.use('/static', create('serve-static', folder));
  const onFinished = load('on-finished') as (response: object, listener: () => void) => void;
  app.get('/finished', (_request, response) => {
    onFinished(response, () => void lines.push('finished'));
    response.send('ok');
  });
  app.post('/raw', express.raw({ type: '*/*' }), (request, response) => void response.send(`${(request.body as Buffer).length} bytes`));
  const host = express();
  host.get('/by-host', (request, response) => void response.json((request as object as OfHost).vhost.hostname));
  app.use(create('vhost', '*.b.example.com', host));
  app.get('/lines', (_request, response) => void response.json(lines));
  answerErrors(app);
  const end = () => {
    backend.closeAllConnections();
    backend.close();
  };
  return { server: make(app), requests: requests(), end };
}

function addPassport(app: Express): void {
  interface Passport {
    use(strategy: object): void;
    initialize(): RequestHandler;
    authenticate(name: string, options: object): RequestHandler;
  }
  const { Passport } = load('passport') as { Passport: new () => Passport };
  const { Strategy } = load('passport-http-bearer') as { Strategy: new (check: (token: string, done: Done) => void) => object };
  type Done = (error: null, user: object | false) => void;
  const passport = new Passport();
  passport.use(new Strategy((token, done) => done(null, token === 'good' && { name: 'ann' })));
  app.use(passport.initialize());
  app.get('/user', passport.authenticate('bearer', { session: false }), (request, response) => {
    response.json((request as typeof request & { user?: object }).user);
  });
}

/** A proxy to a server that answers what it was sent. */
async function addProxy(app: Express) {
  const backend = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => { body += chunk.toString(); });
    request.on('end', () => response.end(`${request.method ?? ''} ${request.url ?? ''} ${body}`));
  });
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
  const target = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`; // what a server on a port has
  const { createProxyMiddleware } = load('http-proxy-middleware') as { createProxyMiddleware(options: object): RequestHandler };
  app.use('/proxy', createProxyMiddleware({ target }));
  return backend;
}

function requests(): string[] {
  const get = (url: string, headers?: Record<string, string>) => requestText('GET', url, headers);
  const parts = ['name="f"; filename="x.txt"\r\n\r\nfile', 'name="k"\r\n\r\nv'];
  const upload = `${parts.map((part) => `--B\r\nContent-Disposition: form-data; ${part}\r\n`).join('')}--B--\r\n`;
  return [
    get('/text', { 'Accept-Encoding': 'gzip' }), get('/text'), requestText('HEAD', '/text', { 'Accept-Encoding': 'gzip' }),
    get('/session'), get('/session', { Cookie: 'a=b; connect.sid=s%3Afixed.xx' }),
    get('/user', { Authorization: 'Bearer good' }), get('/user', { Authorization: 'Bearer bad' }), get('/user'), get('/context'),
    requestText('POST', '/upload', { 'Content-Type': 'multipart/form-data; boundary=B' }, upload),
    get('/static/a.txt'), get('/finished'), requestText('POST', '/raw', { 'Content-Type': 'x/y' }, 'raw body'),
    requestText('OPTIONS', '/text', { 'Origin': 'http://o', 'Access-Control-Request-Method': 'PUT' }),
    requestText('POST', '/proxy/x', { 'Content-Type': 'text/plain' }, 'proxied'), get('/by-host'),
    requestText('POST', '/text', { 'X-HTTP-Method-Override': 'GET' }), get('/missing'), get('/lines'),
  ];
}
