import express from 'express';
import type { Express, NextFunction, Request, RequestHandler, Response } from 'express';
import { methods } from '../../src/engine/urls/method.ts';
import type { Method } from '../../src/engine/urls/method.ts';
import type { AccessClass, UrlDeclaration } from '../../src/engine/urls/registered-url.ts';

/** One registered URL of the host and what serves it. */
export interface HostUrl {
  readonly url: string;
  readonly access: AccessClass;
  readonly methods: readonly Method[];
  /** The handler that runs for it. */
  readonly handler: string;
  readonly external?: boolean;
}

const all = methods;

/** URLs that overlap in many ways, each with the one handler that may run for it. */
export const hostUrls: readonly HostUrl[] = [
  { url: '/shop/list', access: 'simple', methods: ['GET'], handler: 'shop-list' },
  { url: '/shop/items', access: 'simple', methods: ['GET'], handler: 'items' },
  { url: '/shop/items', access: 'auth', methods: ['POST'], handler: 'add-item' },
  { url: '/shop/items/me', access: 'auth', methods: ['GET'], handler: 'my-item' },
  { url: '/shop/items/:id', access: 'simple', methods: ['GET'], handler: 'item' },
  { url: '/shop/items/:id', access: 'auth', methods: ['PUT', 'DELETE'], handler: 'change-item' },
  { url: '/shop/items/:id/reviews/:reviewId', access: 'simple', methods: ['GET'], handler: 'review' },
  { url: '/shop/items/me/reviews/:reviewId', access: 'auth', methods: ['GET', 'POST'], handler: 'my-review' },
  { url: '/Mixed/CaseUrl', access: 'simple', methods: ['GET'], handler: 'mixed' },
  { url: '/dot.ted/~tilde_x-y', access: 'auth', methods: ['GET'], handler: 'dotted' },
  { url: '/echo/:word', access: 'simple', methods: all, handler: 'echo' },
  { url: '/team/mine/members/:memberId', access: 'auth', methods: ['GET'], handler: 'own-member' },
  { url: '/team/:teamId', access: 'auth', methods: ['PATCH'], handler: 'change-team' },
  { url: '/team/:teamId/members', access: 'auth', methods: ['POST'], handler: 'add-member' },
  { url: '/team/:teamId/members/:memberId', access: 'auth', methods: ['GET', 'DELETE'], handler: 'member' },
  { url: '/team/:teamId/*rest', access: 'simple', methods: ['GET'], handler: 'team-page' },
  { url: '/files/index', access: 'auth', methods: ['GET'], handler: 'file-index' },
  { url: '/files/*path', access: 'simple', methods: all, handler: 'files' },
  { url: '/files/private/*path', access: 'auth', methods: all, handler: 'files' },
  { url: '/reports/:year', access: 'auth', methods: all, handler: 'reports', external: true },
  { url: '/reports/*path', access: 'auth', methods: all, handler: 'reports' },
  { url: '/sub/*path', access: 'auth', methods: all, handler: 'sub-app' },
  { url: '/keys/rotate', access: 'config', methods: ['POST'], handler: 'rotate' },
  { url: '/keys/:keyId', access: 'config', methods: ['GET'], handler: 'key' },
  { url: '/:page', access: 'simple', methods: ['GET'], handler: 'page' },
];

/** What the host hands to Gatehouse. */
export const hostDeclaration: UrlDeclaration = Object.fromEntries((['simple', 'auth', 'config'] as const).map((access) => [
  access, { '/': hostUrls.filter((each) => each.access === access).map(
    ({ url, methods: served, external }) => ({ name: url.slice(1), methods: served, ...(external && { external }) }),
  ) },
]));

/** A run of a handler: for which request, by the id it sent, and what the handler saw. */
export type OnRun = (requestId: string, handler: string, method: string, path: string) => void;

/** Declares the host's routes and handlers; each does nothing but tell that it ran. */
export function addHost(app: Express, onRun: OnRun): void {
  const runs = (handler: string): RequestHandler => (request, response) => {
    onRun(String(request.headers['x-fuzz-id']), handler, request.method, `${request.baseUrl}${request.url}`.split('?', 1)[0] ?? '');
    response.setHeader('Content-Length', 2);
    response.end('ok');
  };
  app.use(prepares);

  const shop = express.Router();
  shop.get('/list', runs('shop-list'));
  shop.route('/items').get(runs('items')).post(prepares, runs('add-item'));
  const items = express.Router({ mergeParams: true });
  items.get('/me', runs('my-item')).get('/:id', runs('item')).route('/:id').put(runs('change-item')).delete(runs('change-item'));
  items.get('/me/reviews/:reviewId', runs('my-review')).post('/me/reviews/:reviewId', runs('my-review')).get(
    '/:id/reviews/:reviewId', runs('review'),
  );
  app.use('/shop', shop.use('/items/', items));

  app.get('/Mixed/CaseUrl/', runs('mixed')).get('/dot.ted/~tilde_x-y', runs('dotted')).all('/echo/:word', runs('echo'));

  app.get('/team/mine/members/:memberId', runs('own-member'));
  const members = express.Router({ mergeParams: true });
  members.post('/', runs('add-member')).route('/:memberId').get(runs('member')).delete(runs('member'));
  app.use('/team/:teamId', express.Router().patch('/', runs('change-team')).use('/members', members).get('/*rest', runs('team-page')));

  app.use('/files', prepares, runs('files')).get('/files/index', runs('file-index'));
  app.use('/reports', runs('reports'));
  app.use('/sub', express().get('/never/:x', (_request, _response, next) => next()).use(runs('sub-app')));
  app.route('/keys/rotate').post(runs('rotate'));
  app.get('/keys/:keyId', runs('key')).get('/:page', runs('page'));
}

/** The names of handlers that run for every request that the gate lets through. */
export const hostAfterGate = ['prepares'];

function prepares(_request: Request, _response: Response, next: NextFunction) {
  next();
}
