import { ServerResponse } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Caller } from '../engine/caller.ts';
import type { AccessClass } from '../engine/urls/registered-url.ts';
import { parsePattern } from '../engine/urls/url-pattern.ts';
import { AppError } from '../errors/errors.ts';
import { secureResponse } from '../http/response/secure-response.ts';
import { pathOf } from './front-door.ts';
import type { Gate } from './gate.ts';
import type { Refuse } from './refuse.ts';
import type { UpgradeWatch } from './upgrade-watch.ts';

/**
 * Takes over a connection that the gate let through, for example for a WebSocket server.
 *
 * `signal` fires within `MAX_STALENESS` when the caller may no longer stay connected: the session has ended, the user is disabled,
 * a right or a condition no longer holds, or the database does not answer. If `signal` has no listener, the socket is closed.
 */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller | null, signal: AbortSignal) => void;

/** The handler of each registered URL that accepts upgraded connections. */
export type UpgradeHandlers = Readonly<Record<string, UpgradeHandler>>;

export interface UpgradeGuardDeps {
  readonly gate: Gate;
  readonly refuse: Refuse;
  /** Gives a request the prototype of the app, so that `ip` follows "trust proxy". Upgrade requests never pass through Express. */
  readonly adopt?: (request: IncomingMessage) => void;
  /** Watches each connection that was handed on, and answers its signal. Without it, no signal ever fires. */
  readonly watch?: UpgradeWatch['watch'];
  /** Called for every request that is handed on, with the access class of its URL. */
  readonly onAllowed?: (reason: AccessClass) => void;
}

/** How long a refused client may keep its half of the connection open, in ms. Node has no timeout for it any more. */
const lingerMilliseconds = 1_000;

/** Events of requests that Node hands to their own listener instead of to Express. */
const bypasses = ['upgrade', 'connect'] as const;

/**
 * Puts the gate before `upgrade` requests, which never pass through Express. An allowed request reaches the upgrade handler of its
 * registered URL. If this URL has no upgrade handler, the request is refused.
 *
 * Throws for a URL that could not be registered. Throws also if the server has another upgrade or connect listener, or gets one
 * later, because that would bypass the gate. Without a connect listener, Node closes each CONNECT request.
 */
export function guardUpgrades(
  server: Server, { gate, refuse, adopt, watch, onAllowed }: UpgradeGuardDeps, handlers: UpgradeHandlers = {},
): void {
  const byShape = new Map(Object.entries(handlers).map(([url, handler]) => [parsePattern(url).shape, handler]));
  if (bypasses.some((event) => server.listenerCount(event) > 0)) throw bypass();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    adopt?.(request);
    Promise.resolve()
      .then(() => gate(request, request.url ?? ''))
      .then((verdict) => {
        const handler = verdict.kind === 'pass' ? byShape.get(verdict.endpoint.shape) : undefined;
        if (verdict.kind === 'pass' && handler) {
          onAllowed?.(verdict.endpoint.access);
          const { endpoint, caller } = verdict;
          const signal = caller && watch
            ? watch(socket, { request, endpoint, caller, path: pathOf(request.url ?? '') })
            : new AbortController().signal;
          handler(request, socket, head, caller, signal);
        } else if (verdict.kind === 'refused') refuse(request, responseOn(request, socket), verdict.error, verdict.caller);
        else refuse(request, responseOn(request, socket), new AppError('unknown-url'), null);
      })
      .catch((error: unknown) => refuse(request, responseOn(request, socket), error, null))
      .catch(() => socket.destroy()); // a part of the response was sent already
  });
  server.on('newListener', (event) => {
    if (bypasses.some((bypassing) => bypassing === event)) throw bypass();
  });
}

/** A response with the usual security headers, for a connection that Node has handed over. It closes the connection. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket); // it is the socket of the request; the type Duplex also allows other streams
  response.on('finish', () => {
    socket.end();
    setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
  });
  secureResponse(response);
  return response;
}

function bypass(): Error {
  return new Error(
    'An upgrade or connect listener of the server would bypass the gate: '
    + 'hand upgrade handlers to gatehouse.guardUpgrades(server, { url: handler }) instead.',
  );
}
