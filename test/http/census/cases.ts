import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import type { GatedAppOptions } from '../../gate/gated-app.ts';

/** An app with one fault. */
export interface FaultyApp extends Partial<GatedAppOptions> {
  /** What is wrong with it. */
  readonly fault: string;
  readonly check: string;
  /** What the table names. */
  readonly subjects: readonly string[];
}

const answer: RequestHandler = (_request, response) => void response.end();
function prepares(_request: Request, _response: Response, next: NextFunction) {
  next();
}
const routed = (...paths: string[]) => (app: Express) => {
  for (const path of paths) app.get(path, answer);
};
const auth = (...names: string[]) => ({ auth: { '/': names } });

/** A function of another framework, which has a stack that only looks like a router's. */
function connectApp(stack: object[]): RequestHandler {
  return Object.assign((_request: Request, response: Response) => void response.end(), { stack });
}

const unregistered: Omit<FaultyApp, 'check'>[] = [
  { fault: 'a route that nobody registered', urls: {}, host: routed('/stray'), subjects: ['GET /stray'] },
  { fault: 'a route with a method that is not registered', urls: {
    auth: { '/': [{ name: 'a', methods: ['GET'] }] },
  }, host: (app) => app.route('/a').get(answer).post(answer), subjects: ['POST /a'] },
  { fault: 'one of several paths of a route', urls: auth('a'), host: (app) => app.get(['/a', '/stray'], answer), subjects: ['GET /stray'] },
  { fault: 'a route in nested routers', urls: auth('p/:id/a'), host: (app) => app.use(
    '/p/:id', express.Router().get('/a', answer).use('/q', express.Router().delete('/:x', answer)),
  ), subjects: ['DELETE /p/:id/q/:x'] },
  { fault: 'a route that a registered wildcard covers', urls: {
    simple: { '/': ['files/*path'] },
  }, host: (app) => app.use('/files', answer).get('/files/a', answer), subjects: ['GET /files/a'] },
  { fault: 'app.all where one method is registered', urls: {
    auth: { '/': [{ name: 'a', methods: ['GET', 'PUT', 'PATCH', 'DELETE'] }] },
  }, host: (app) => app.all('/a', answer), subjects: ['POST /a'] },
];

const unserved: Omit<FaultyApp, 'check'>[] = [
  { fault: 'a registered URL that nobody serves', urls: auth('gone', 'a'), host: routed('/a'), subjects: ['/gone'] },
  { fault: 'a registered method that nobody serves', urls: {
    auth: { '/': [{ name: 'a', methods: ['GET', 'PUT'] }] },
  }, host: routed('/a'), subjects: ['PUT /a'] },
  { fault: 'a registered wildcard without a handler', urls: auth('files/*path', 'a'), host: routed('/a'), subjects: ['/files/*path'] },
  { fault: 'a registered wildcard above which a handler only prepares', urls: auth('*path'), host: (app) => app.use(prepares), afterGate: [
    'prepares',
  ], subjects: ['/*path'] },
  { fault: 'a registered wildcard beside a handler', urls: auth(
    'files/*path', 'other/*path',
  ), host: (app) => app.use('/other', answer), subjects: ['/files/*path'] },
  { fault: 'a registered URL inside a handler', urls: auth(
    'files/*path', 'files/secret',
  ), host: (app) => app.use('/files', answer), subjects: ['/files/secret'] },
];

const shadowed: Omit<FaultyApp, 'check'>[] = [
  { fault: 'a parameter ahead of a literal', urls: auth('users/:id', 'users/me'), host: routed(
    '/users/:id', '/users/me',
  ), subjects: ['GET /users/me'] },
  { fault: 'a route shadowed in part', urls: auth('a/:x/c', 'a/b/:y'), host: routed('/a/:x/c', '/a/b/:y'), subjects: ['GET /a/b/:y'] },
  { fault: 'a wildcard ahead of a parameter', urls: auth('a/*rest', 'a/:x'), host: routed('/a/*rest', '/a/:x'), subjects: ['GET /a/:x'] },
  { fault: 'a wildcard ahead of a deeper wildcard', urls: auth('a/*rest', 'a/b/*rest'), host: routed(
    '/a/*rest', '/a/b/*rest',
  ), subjects: ['GET /a/b/*rest'] },
  { fault: 'one URL twice', urls: auth('a'), host: routed('/a', '/a'), subjects: ['GET /a'] },
  { fault: 'two routes that differ in letter case', urls: auth('a'), host: routed('/a', '/A'), subjects: ['GET /A'] },
  { fault: 'two routes that differ in a trailing slash', urls: auth('a'), host: routed('/a', '/a/'), subjects: ['GET /a'] },
  { fault: 'two routes that differ in parameter names', urls: auth('u/:id'), host: routed(
    '/u/:id', '/u/:userId',
  ), subjects: ['GET /u/:userId'] },
  { fault: 'two routes of case-sensitive, strict routers', urls: auth('a'), host: (app) => app.use(
    express.Router({ caseSensitive: true, strict: true }).get('/a', answer).get('/A', answer),
  ), subjects: ['GET /A'] },
  { fault: 'app.all ahead of one method', urls: auth('a'), host: (app) => app.all('/a', answer).post('/a', answer), subjects: ['POST /a'] },
  { fault: 'a router ahead of another', urls: auth('u/:id', 'u/me'), host: (app) => app.use('/u', express.Router().get('/:id', answer)).use(
    express.Router().get('/u/me', answer),
  ), subjects: ['GET /u/me'] },
];

const uncovered: Omit<FaultyApp, 'check'>[] = [
  { fault: 'app.use of a handler', urls: {}, host: (app) => app.use(answer), subjects: ['answer at /'] },
  { fault: 'app.use of a handler without a name', urls: auth('files/*path'), host: (app) => app.use('/files', answer).use(
    '/other', (_request, response) => void response.end(),
  ), subjects: ['<anonymous> at /other'] },
  { fault: 'a handler wider than the wildcard', urls: auth(
    'files/public/*path',
  ), host: (app) => app.use('/files', answer), subjects: ['answer at /files'] },
  { fault: 'a handler at the root with a wildcard below', urls: auth('files/*path'), host: (app) => app.use(
    express.static('nowhere'),
  ), subjects: ['serveStatic at /'] },
  { fault: 'one of several mount paths', urls: auth('a/*path'), host: (app) => app.use(
    ['/a', '/b'], answer,
  ), subjects: ['answer at /a, /b'] },
  { fault: 'a mount path with a parameter where the wildcard has a literal', urls: auth('u/me/*path'), host: (app) => app.use(
    '/u/:id', answer,
  ), subjects: ['answer at /u/:id'] },
  { fault: 'a mount path that is a wildcard', urls: auth('a/:b/*path'), host: (app) => app.use('/a/*rest', answer), subjects: [
    'answer at /a/*rest',
  ] },
  { fault: 'a mount path that is a regular expression', urls: auth('*path'), host: (app) => app.use(
    /^\/a/, answer,
  ).use('/b', answer), subjects: ['answer at regular expression /^\\/a/'] },
  { fault: 'a mounted app', urls: {}, host: (app) => app.use('/sub', express().get('/a', answer)), subjects: ['mounted_app at /sub'] },
  { fault: 'a mounted app, named', urls: {}, host: (app) => app.use(
    express().get('/a', answer),
  ), afterGate: ['mounted_app'], subjects: ['mounted_app at /'] },
  { fault: 'a handler without a name, named', urls: {}, host: (app) => app.use(
    (_request, _response, next) => next(),
  ), afterGate: ['<anonymous>', ''], subjects: ['<anonymous> at /'] },
  { fault: 'a handler in a nested router', urls: auth('p/a'), host: (app) => app.use(
    '/p', express.Router().use(prepares).get('/a', answer),
  ), subjects: ['prepares at /p'] },
  { fault: 'an app of another framework', urls: {}, host: (app) => app.use(
    '/old', connectApp([{ route: '/x', handle: answer }]),
  ), subjects: ['<anonymous> at /old'] },
  { fault: 'an app of another framework, still empty', urls: {}, host: (app) => app.use(connectApp([])), subjects: ['<anonymous> at /'] },
  { fault: 'a handler of a parameter', urls: auth('u/:id'), host: (app) => app.param('id', prepares).get('/u/:id', answer), subjects: [
    'prepares at /:id',
  ] },
  { fault: 'a handler of a parameter in a router', urls: auth('u/:id'), host: (app) => {
    const router = express.Router();
    router.param('id', (_request, _response, next) => next());
    app.use('/u', router.get('/:id', answer));
  }, subjects: ['<anonymous> at /u/:id'] },
];

const unreadable: Omit<FaultyApp, 'check'>[] = [
  { fault: 'a regular expression', urls: {}, host: (app) => app.get(/^\/a/, answer), subjects: ['regular expression /^\\/a/'] },
  { fault: 'an optional part', urls: {}, host: routed('/a{/b}'), subjects: ['/a{/b}'] },
  { fault: 'two parameters in one part', urls: {}, host: routed('/:a-:b'), subjects: ['/:a-:b'] },
  { fault: 'a wildcard in the middle', urls: {}, host: routed('/*p/x'), subjects: ['/*p/x'] },
  { fault: 'an encoded literal', urls: {}, host: routed('/caf%C3%A9'), subjects: ['/caf%C3%A9'] },
  { fault: 'one of several paths', urls: auth('a'), host: (app) => app.get(['/a', /b/], answer), subjects: ['regular expression /b/'] },
  { fault: 'a router below a regular expression', urls: {}, host: (app) => app.use(
    /^\/a/, express.Router().get('/b', answer),
  ), subjects: ['regular expression /^\\/a/b'] },
  { fault: 'a router below a wildcard', urls: {}, host: (app) => app.use(
    '/a/*rest', express.Router().get('/b', answer),
  ), subjects: ['/a/*rest/b'] },
  { fault: 'a path without a leading slash', urls: {}, host: (app) => app.use(
    '/a/', express.Router().get('*path', answer),
  ), subjects: ['*path below /a/'] },
];

const unreachable: Omit<FaultyApp, 'check'>[] = [
  { fault: 'app.head', urls: auth('a'), host: (app) => app.get('/a', answer).head('/a', answer), subjects: ['HEAD /a'] },
  { fault: 'app.options', urls: auth('a'), host: (app) => app.get('/a', answer).options('/a', answer), subjects: ['OPTIONS /a'] },
  { fault: 'PROPFIND', urls: auth('a'), host: (app) => app.get('/a', answer).propfind('/a', answer), subjects: ['PROPFIND /a'] },
  { fault: 'TRACE beside GET on one route', urls: auth('a'), host: (app) => app.route('/a').get(answer).trace(answer), subjects: [
    'TRACE /a',
  ] },
];

const twice: Omit<FaultyApp, 'check'>[] = [
  { fault: 'one URL in two classes', urls: { simple: { '/': ['a'] }, auth: { '/': ['a'] } }, host: routed('/a'), subjects: ['/a'] },
  { fault: 'one URL in two classes for one method', urls: {
    auth: { '/': ['a'] }, config: { '/': [{ name: 'a', methods: ['GET'] }] },
  }, host: routed('/a'), subjects: ['/a'] },
  { fault: 'URLs that differ in letter case', urls: auth('a', 'A'), host: routed('/a'), subjects: ['/A'] },
  { fault: 'URLs that differ in a trailing slash', urls: {
    auth: { '/': ['u/:id'], '/u': [':id/'] },
  }, host: routed('/u/:id'), subjects: ['/u/:id'] },
  { fault: 'URLs that differ in parameter names', urls: {
    simple: { '/': ['u/:id'] }, config: { '/': ['u/:userId'] },
  }, host: routed('/u/:id'), subjects: ['/u/:userId'] },
];

const gateless: Omit<FaultyApp, 'check'>[] = [
  { fault: 'no gate', urls: auth('a'), mountGate: false, host: routed('/a'), subjects: ['app'] },
  { fault: 'the gate below a path', urls: auth('a'), mountGate: false, host: (app, gate) => app.use('/a', gate).get(
    '/a', answer,
  ), afterGate: ['authenticator'], subjects: ['app'] },
  { fault: 'the gate below the root and a path', urls: auth('a'), mountGate: false, host: (app, gate) => app.use(
    ['/', '/a'], gate,
  ).get('/a', answer), afterGate: ['authenticator'], subjects: ['app'] },
  { fault: 'the gate inside a router', urls: auth('a'), mountGate: false, host: (app, gate) => app.use(
    express.Router().use(gate).get('/a', answer),
  ), afterGate: ['authenticator'], subjects: ['app'] },
  { fault: 'the gate on a route', urls: auth('a'), mountGate: false, host: (app, gate) => app.get('/a', gate, answer), subjects: ['app'] },
  { fault: 'the gate inside another handler', urls: auth('a'), mountGate: false, host: (app, gate) => app.use(
    function wraps(...args) { gate(...args); },
  ).get('/a', answer), afterGate: ['wraps'], subjects: ['app'] },
];

const ahead: Omit<FaultyApp, 'check'>[] = [
  { fault: 'app.use ahead of the gate', urls: {}, before: (app) => app.use(prepares), subjects: ['prepares at /'] },
  { fault: 'app.use of a name that is not in the list', urls: {}, before: (app) => app.use('/a', prepares), beforeGate: [
    'prepare', 'answer',
  ], subjects: ['prepares at /a'] },
  { fault: 'a handler without a name, named', urls: {}, before: (app) => app.use(
    (_request, _response, next) => next(),
  ), beforeGate: ['<anonymous>'], subjects: ['<anonymous> at /'] },
  { fault: 'a mounted app, named', urls: {}, before: (app) => app.use(express()), beforeGate: ['mounted_app'], subjects: [
    'mounted_app at /',
  ] },
  { fault: 'a route', urls: auth('a'), before: routed('/a', '/b'), host: routed('/a'), subjects: ['/a', '/b'] },
  { fault: 'a route in a router', urls: {}, before: (app) => app.use(
    '/p', express.Router().use(prepares).post('/a', answer),
  ), beforeGate: ['prepares'], subjects: ['/p/a'] },
];

const named = (check: string, apps: readonly Omit<FaultyApp, 'check'>[]) => apps.map((app): FaultyApp => ({ ...app, check }));

export const faultyApps: readonly FaultyApp[] = [
  ...named('unregistered-route', unregistered), ...named('registered-unserved', unserved), ...named('shadowed-route', shadowed),
  ...named('uncovered-handler', uncovered),
  ...named('unreadable-route', unreadable), ...named('unreachable-method', unreachable), ...named('registered-twice', twice),
  ...named('gate-missing', gateless), ...named('ahead-of-gate', ahead),
];
