import { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import express from 'express';
import type { Express, Request, RequestHandler, Response } from 'express';
import { answerErrors, requestText } from './scenario.ts';
import type { Scenario, ScenarioDeps } from './scenario.ts';

/** What a host adds to the requests and responses of its apps, by place and time. */
interface Extended { readonly [name: string]: unknown }

const failure = (status: number, message: string): Error => Object.assign(new Error(message), { status });

/** An app that uses every feature of Express that touches a request or a response. */
export function features({ make, folder }: ScenarioDeps): Scenario {
  const app = express();
  Object.assign(app.request, { before(this: Request) { return `before ${this.method}`; } });
  Object.defineProperty(app.request, 'definedBefore', { configurable: true, get(this: Request) { return `before ${this.url}`; } });
  Object.assign(app.response, { sendTwice(this: Response, text: string) { return this.send(text + text); } });
  const { mounted, deep } = mountApps(app);
  const show = showRequest({ app, mounted, deep });
  mounted.get('/show', show);
  deep.get('/show', show);
  app.get(['/show', '/mounted/next'], show);
  app.all('/all', (request, response) => void response.send(request.method));
  const router = express.Router({ mergeParams: true });
  router.get('/show', show);
  app.use('/router/:part', router);
  addAnswers(app, folder);
  addBodies(app);
  const server = make(app);
  // What a host adds after the server was created must be seen as well.
  Object.assign(app.request, { after: () => 'after' });
  Object.defineProperty(app.request, 'definedAfter', { configurable: true, get(this: Request) { return `after ${this.method}`; } });
  Object.assign(app.response, { sendLate(this: Response) { this.send('late'); } });
  Object.assign(express.request, { everywhere: 'everywhere' });
  app.get('/after', (_request, response) => (response as Response & { sendLate(): void }).sendLate()); // added above
  const late = express();
  late.get('/show', show);
  Object.assign(late.response, { onlyLate: true });
  app.use('/late', late);
  answerErrors(app);
  return { server, requests: requests(), end: () => Reflect.deleteProperty(express.request, 'everywhere') };
}

/** Two apps, one in the other, mounted before the server is created. */
function mountApps(app: Express) {
  const [mounted, deep] = [express(), express()];
  Object.assign(mounted.request, { onlyMounted: () => true });
  Object.assign(mounted.response, { sendMounted(this: Response, value: unknown) { return this.json({ mounted: value }); } });
  mounted.set('trust proxy', true);
  mounted.set('json spaces', 2);
  mounted.disable('x-powered-by');
  type Sender = Response & { sendMounted(value: unknown): void };
  mounted.get('/send', (_request, response) => (response as Sender).sendMounted(1)); // added above
  mounted.get('/next', (_request, _response, next) => next());
  mounted.get('/error', () => { throw failure(418, 'in the mounted app'); });
  mounted.use('/deep', deep);
  app.use('/mounted', mounted);
  return { mounted, deep };
}

/** Answers everything that a handler can see of its request and response. */
function showRequest(apps: Readonly<Record<string, Express>>): RequestHandler {
  return (request, response) => {
    const extended = request as Request & Extended; // by the app, above
    const inherited = [];
    for (const key in request) if (!(key in IncomingMessage.prototype) && !key.startsWith('_')) inherited.push(key);
    const ownKeys = (of: object) => Object.keys(of).filter((key) => !key.startsWith('_')).sort();
    response.json({
      app: Object.keys(apps).find((name) => apps[name] === request.app) ?? 'another', baseUrl: request.baseUrl, url: request.url,
      originalUrl: request.originalUrl, path: request.path, query: request.query, ip: request.ip, ips: request.ips,
      protocol: request.protocol, secure: request.secure, host: request.host, hostname: request.hostname,
      subdomains: request.subdomains, xhr: request.xhr, fresh: request.fresh, stale: request.stale,
      own: ownKeys(request), ownOfResponse: ownKeys(response), inherited: inherited.sort(),
      added: [extended['definedBefore'], extended['definedAfter'], extended['everywhere']],
      types: ['before', 'after', 'onlyMounted'].map((name) => typeof extended[name]),
      linked: request.res === response && response.req === request && response.app === request.app,
      native: request instanceof IncomingMessage && response instanceof ServerResponse,
      constructors: [request.constructor.name, response.constructor.name, request.constructor === IncomingMessage],
      ofApp: [Object.getPrototypeOf(request), Object.getPrototypeOf(response)].map((each) => Object.values(apps).some(
        (app) => each === app.request || each === app.response,
      )),
      shown: inspect(request, { depth: -1 }) + inspect(response, { depth: -1 }),
    });
  };
}

function addAnswers(app: Express, folder: string): void {
  app.get('/json', (_request, response) => void response.status(201).json({ a: 'é', b: [1] }));
  app.get('/html', (_request, response) => void response.send('<b>x</b>'));
  app.get('/buffer', (_request, response) => void response.send(Buffer.from('abc')));
  app.get('/twice', (_request, response) => (response as Response & { sendTwice(text: string): void }).sendTwice('z')); // added above
  app.get('/jsonp', (_request, response) => void response.jsonp({ a: 1 }));
  app.get('/redirect', (_request, response) => response.redirect(302, '/x?y=<z>'));
  app.get('/cookie', (_request, response) => {
    response.cookie('a', { b: 1 }, { maxAge: 1_000, httpOnly: true }).clearCookie('c').send('ok');
  });
  app.get('/format', (_request, response) => {
    response.format({
      text: () => response.send('t'), html: () => response.send('<p>'), json: () => response.send({ j: 1 }),
      default: () => response.status(406).send('no'),
    });
  });
  app.get('/file', (_request, response) => response.sendFile(join(folder, 'a.txt')));
  app.get('/download', (_request, response) => response.download(join(folder, 'a.txt'), 'ü.txt'));
  app.get('/no-file', (_request, response, next) => response.sendFile('/nowhere/at-all', next));
  app.get('/locals', (_request, response) => {
    response.locals['x'] = 1;
    response.json(response.locals);
  });
  app.get('/stream', (_request, response) => void Readable.from(['one ', 'two']).pipe(response.type('text')));
  app.get('/trailers', (_request, response) => {
    response.setHeader('Trailer', 'X-T');
    response.write('body');
    response.addTrailers({ 'X-T': 'v' });
    response.end();
  });
  app.get('/throws', () => { throw new Error('thrown'); });
  app.get('/rejects', () => Promise.reject(new Error('rejected')));
  app.get('/next', (_request, _response, next) => next(failure(422, 'passed on')));
  app.get('/same', (_request, response) => void response.send('same'));
  app.get('/headers', (_request, response) => {
    response.vary('Accept').append('X-A', '1').append('X-A', '2').links({ next: 'http://x' }).location('/y').attachment('f.txt');
    response.type('json').end('{}');
  });
  app.get('/accepts', (request, response) => void response.json([
    request.accepts('json', 'html'), request.acceptsEncodings('gzip'), request.acceptsLanguages('de'), request.is('json'),
    request.get('x-h'), request.range(10), request.header('Referer'),
  ]));
  app.get('/write-head', (_request, response) => void response.writeHead(203, 'Odd', { 'X-W': '1' }).end('w'));
  app.get('/early-hints', (_request, response) => {
    response.writeEarlyHints({ link: '</s.css>; rel=preload; as=style' });
    response.send('e');
  });
  app.get('/processing', (_request, response) => {
    response.writeProcessing();
    response.send('p');
  });
  app.param('id', (request, _response, next, value: unknown) => {
    Object.assign(request, { seen: value });
    next();
  });
  app.get('/params/:id{/:more}', (request, response) => {
    response.json({ ...request.params, seen: (request as { seen?: unknown }).seen }); // added above
  });
  app.get('/get-set', (_request, response) => {
    response.set('X-S', 'ß'.normalize()).status(200).removeHeader('X-Powered-By');
    response.json([response.get('X-S'), response.headersSent, response.statusCode, response.hasHeader('x-s'), response.getHeaderNames()]);
  });
  app.get('/cut', (_request, response) => {
    response.write('part');
    response.destroy();
  });
  app.get('/own-bytes', (request) => void request.socket.end('HTTP/1.1 299 Own\r\n\r\n'));
  app.get('/view', (_request, response, next) => response.render('nothing', next));
  app.use('/static', express.static(folder));
}

function addBodies(app: Express): void {
  app.post('/echo', express.json(), express.urlencoded({ extended: true }), express.text(), (request, response) => {
    response.json({ body: request.body as unknown });
  });
  app.post('/request-trailers', (request, response) => {
    request.resume().on('end', () => response.json({ trailers: request.trailers, raw: request.rawTrailers }));
  });
}

function requests(): string[] {
  const get = (url: string, headers?: Record<string, string>) => requestText('GET', url, headers);
  const post = (type: string, body: string) => requestText('POST', '/echo', { 'Content-Type': type }, body);
  const keepAlive = { Connection: 'keep-alive' };
  const forwarded = { 'X-Forwarded-For': '1.2.3.4, 5.6.7.8', 'X-Forwarded-Proto': 'https' };
  return [
    ...[
      '/show?a=1&b[c]=2', '/mounted/show', '/mounted/send', '/mounted/next', '/mounted/error', '/mounted/deep/show', '/late/show',
      '/router/7/show', '/json', '/html', '/buffer', '/twice', '/jsonp?callback=cb', '/jsonp', '/redirect', '/cookie', '/file',
      '/download', '/no-file', '/locals', '/stream', '/trailers', '/throws', '/rejects', '/next', '/same', '/headers', '/write-head',
      '/early-hints', '/processing', '/params/5', '/params/5/6', '/cut', '/get-set', '/static/', '/static/a.txt', '/static', '/nothing',
      '/view', '/after', '/%ff', '/own-bytes', '*', '//x',
    ].map((url) => get(url)),
    ...['/json', '/file', '/same', '/stream', '/static/a.txt', '/nothing'].map((url) => requestText('HEAD', url)),
    ...['/json', '/all', '*'].map((url) => requestText('OPTIONS', url)),
    requestText('PUT', '/all'), requestText('PUT', '/json'),
    get('/same', { 'If-None-Match': 'W/"4-PRSsz5KVpUcLBTEMPdJL/3nO4Sk"' }), get('/same', { 'If-None-Match': '*' }),
    get('/file', { Range: 'bytes=1-3' }), get('/file', { Range: 'bytes=99-' }),
    ...['text/html', 'application/json', 'image/png', 'text/*;q=.5, application/json'].map((type) => get('/format', { Accept: type })),
    get('/accepts', { 'Accept': 'text/html', 'Accept-Language': 'de', 'X-H': 'h', 'Range': 'bytes=0-4', 'Referer': 'r' }),
    get('/show', { ...forwarded, 'X-Requested-With': 'XMLHttpRequest' }),
    get('/mounted/show', { ...forwarded, 'X-Forwarded-Host': 'h.example' }),
    post('application/json', '{"a":1}'), post('application/json', '{bad'), post('application/x-www-form-urlencoded', 'a[b]=c'),
    post('text/plain', 'text'),
    'POST /request-trailers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTrailer: X-Q\r\nTransfer-Encoding: chunked\r\n\r\n'
      + '3\r\nabc\r\n0\r\nX-Q: v\r\n\r\n',
    'GET /json HTTP/1.0\r\n\r\n', 'GET /json HTTP/1.1\r\n\r\n', 'BAD\r\n\r\n',
    get('/show', keepAlive) + get('/json', keepAlive) + requestText('HEAD', '/json'),
    requestText('CONNECT', 'x:443'), get('/show', { Connection: 'Upgrade', Upgrade: 'websocket' }),
    requestText('POST', '/echo', { 'Content-Type': 'text/plain', 'Expect': '100-continue' }, 'hi'),
    get('/json', { Expect: 'other' }),
  ];
}
