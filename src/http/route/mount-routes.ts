import { parse } from 'node:querystring';
import { pipeline } from 'node:stream/promises';
import express from 'express';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Caller } from '../../engine/caller.ts';
import type { Method } from '../../engine/urls/method.ts';
import { unmapped } from '../../engine/ip-address.ts';
import { clientIp } from '../request/client-ip.ts';
import { cookieNames, readCookie } from '../request/cookie.ts';
import type { FileReply, PageReply, RequestFacts, RouteDefinition } from './define-route.ts';
import { sendProblem } from '../response/error-handler.ts';
import { createHandlerHeaders } from '../response/handler-headers.ts';
import type { RedirectReply } from '../response/redirect.ts';
import type { ErrorLog } from '../response/error-handler.ts';
import { createBodyReader } from '../input/read-body.ts';
import { createFormReader } from '../input/read-form.ts';
import { beginRequest } from '../request/request-context.ts';
import { requestHost } from '../request/request-host.ts';

/**
 * Takes the single-use pass of the gate for one route and returns the caller: null on a simple URL without a session.
 *
 * Throws `route-mismatch` unless the gate admitted this request to this route.
 */
export type TakePass = (request: Request, method: Method, url: string) => Caller | null;

export interface MountOptions {
  readonly takePass: TakePass;
  /** Returns the caller after the body was read; by default the one of the pass. Rejects if the gate would now refuse the request. */
  readonly recheck?: (request: Request, caller: Caller | null) => Caller | null | Promise<Caller>;
  /** Whether a request is for none of the routes. They are then not tried one by one. */
  readonly isForOthers?: (request: Request) => boolean;
  readonly logger?: ErrorLog;
}

const mounted = new WeakMap<object, RouteDefinition>();

/** Creates a router with each route at its full URL. Mount it at the root of an app, behind the authenticator. */
export function mountRoutes(routes: readonly RouteDefinition[], options: MountOptions): Router {
  const router = express.Router();
  for (const route of routes) {
    const handler = createHandler(route, options);
    mounted.set(handler, route);
    router[verbs[route.method]](route.url, handler);
  }
  const { isForOthers } = options;
  if (isForOthers) walkPast(router, isForOthers);
  return router;
}

/** Lets requests skip the router. A handler in the router would have to leave it through the event loop (`next('router')`). */
function walkPast(router: Router & { handle?: RequestHandler }, isForOthers: (request: Request) => boolean): void {
  const handle = router.handle?.bind(router);
  if (!handle) throw new Error('A router of Express has a method `handle`, which its types leave out: this one has none.');
  router.handle = (request, response, next) => {
    if (isForOthers(request)) next();
    else handle(request, response, next);
  };
}

/** The route of a handler that {@link mountRoutes} created, such as the handler of a layer of Express. */
export function mountedRouteOf(handler: unknown): RouteDefinition | undefined {
  return typeof handler === 'function' ? mounted.get(handler) : undefined;
}

/** Whether {@link mountRoutes} created a handler, so that it takes the pass itself. */
export function isMountedByGatehouse(handler: unknown): boolean {
  return mountedRouteOf(handler) !== undefined;
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const satisfies Record<Method, string>;

function createHandler(route: RouteDefinition, { takePass, recheck = (_request, caller) => caller, logger }: MountOptions): RequestHandler {
  const readBody = bodyReaderOf(route);
  return async (request, response) => {
    const headers = createHandlerHeaders();
    try {
      const { requestId } = beginRequest(request, response);
      const admitted = takePass(request, route.method, route.url);
      const raw = { params: request.params, query: readQuery(request.url), body: await readBody(request) };
      const caller = await recheck(request, admitted);
      const reply = await route.run(raw, caller, factsOf(request, requestId, caller), headers.set);
      headers.writeTo(response);
      await sendReply(response, route, reply);
    } catch (error) {
      headers.writeEndedCookiesTo(response);
      sendProblem(request, response, error, logger, route.errorForm);
    }
  };
}

function bodyReaderOf({ input: { body }, maxBodyBytes, bodyForm, errorForm }: RouteDefinition): (request: Request) => Promise<unknown> {
  if (!body) return () => Promise.resolve({});
  return bodyForm === 'form' ? createFormReader(maxBodyBytes, Object.keys(body), errorForm) : createBodyReader(maxBodyBytes);
}

// Not req.query, whose format depends on a setting of the host app.
function readQuery(url: string): unknown {
  return parse(queryIn(url));
}

function queryIn(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

function factsOf(request: Request, requestId: string, caller: Caller | null): RequestFacts {
  const end = request.originalUrl.indexOf('?');
  return {
    ip: clientIp(request) ?? '',
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 500),
    requestId,
    host: requestHost(request),
    method: request.method,
    url: end < 0 ? request.originalUrl : request.originalUrl.slice(0, end),
    ...(caller && { sessionId: caller.sessionId, userId: caller.userId }),
    cookie: (name) => readCookie(request.headers.cookie, name),
    cookieNames: () => cookieNames(request.headers.cookie),
    rawQuery: () => queryIn(request.originalUrl),
    authorization: () => request.headers.authorization ?? null,
    headerValues: (name) => valuesOf(request.rawHeaders, name),
    peerAddress: () => (request.socket.remoteAddress === undefined ? null : unmapped(request.socket.remoteAddress)),
  };
}

/** Node joins or drops repeated headers in `headers`. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

async function sendReply(response: Response, { output, status, cacheControl }: RouteDefinition, reply: unknown): Promise<void> {
  const isEmpty = reply === undefined;
  response.status(isEmpty && output !== undefined ? 204 : status).setHeader('Cache-Control', cacheControl);
  if (isEmpty) response.end();
  else if (output === 'redirect') sendRedirect(response, reply as RedirectReply); // ReplyOf ties the type to the output
  else if (typeof output === 'object') sendJson(response, JSON.stringify(reply));
  else if (output === 'lines') await sendLines(response, reply as AsyncIterable<string>); // ReplyOf ties the type to the output
  else sendFile(response, reply as FileReply | PageReply); // ReplyOf ties the type to the output
}

// Sent without Express, which would hash every response for an ETag. With no-store an ETag is useless.
function sendJson(response: Response, json: string): void {
  if (response.hasHeader('ETag') && response.req.fresh) {
    response.status(304).end();
    return;
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(json));
  response.end(json);
}

/** Not by Express, which would write a page with the location, which may contain a secret. */
function sendRedirect(response: Response, { location }: RedirectReply): void {
  response.setHeader('Location', location);
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Content-Length', 0);
  response.end();
}

/** Sends lines as fast as the client reads them. It ends when the client disconnects. */
async function sendLines(response: Response, lines: AsyncIterable<string>): Promise<void> {
  response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
  await pipeline(lines, async function* (texts: AsyncIterable<string>) {
    for await (const text of texts) yield `${text}\n`;
  }, response);
}

function sendFile(response: Response, reply: FileReply | PageReply): void {
  const contentType = 'contentType' in reply ? reply.contentType : 'text/html; charset=utf-8';
  response.set(reply.headers ?? {}).set('Content-Type', contentType).send(reply.body);
}
