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
 * Takes over a connection that the gate let through, such as to a WebSocket server.
 *
 * `signal` fires, within `MAX_STALENESS`, once the caller may no longer stay: the session has ended, the user is disabled, a right or a condition
 * is gone, or nobody can tell because the database does not answer. If nothing listens to it then, the socket is closed.
 */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller | null, signal: AbortSignal) => void;

/** By registered URL: who takes over the connections that are opened there. */
export type UpgradeHandlers = Readonly<Record<string, UpgradeHandler>>;

export interface UpgradeGuardDeps {
  readonly gate: Gate;
  readonly refuse: Refuse;
  /** Makes of a request one of the app, which knows what its proxies say of where it came from; these never meet Express. */
  readonly adopt?: (request: IncomingMessage) => void;
  /** Watches the connections that are handed on, and answers the signal of each; without it none ever fires. */
  readonly watch?: UpgradeWatch['watch'];
  /** Told of every request that is handed on, by the access class of its URL. */
  readonly onAllowed?: (reason: AccessClass) => void;
}

/** How long a refused client may keep its half of the connection open, in ms: Node no longer times it out. */
const lingerMilliseconds = 1_000;

/** Requests that Node hands to a listener of their own instead of to Express. */
const bypasses = ['upgrade', 'connect'] as const;

/**
 * Puts the gate before `upgrade` requests, which never meet Express. Those that it lets through reach the handler of their
 * own registered URL; where there is none they are refused, whatever else is served there.
 *
 * Throws for a URL that no registered one could be, and if the server has an upgrade or connect listener of its own, or is given one later: it would be a way around
 * the gate. Without one, Node itself closes a connection that asks for CONNECT.
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
          const signal = caller
            && watch ? watch(socket, { request, endpoint, caller, path: pathOf(request.url ?? '') }) : new AbortController().signal;
          handler(request, socket, head, caller, signal);
        } else if (verdict.kind === 'refused') refuse(request, responseOn(request, socket), verdict.error, verdict.caller);
        else refuse(request, responseOn(request, socket), new AppError('unknown-url'), null);
      })
      .catch((error: unknown) => refuse(request, responseOn(request, socket), error, null))
      .catch(() => socket.destroy()); // half an answer was given already
  });
  server.on('newListener', (event) => {
    if (bypasses.some((bypassing) => bypassing === event)) throw bypass();
  });
}

/** A response for a connection that Node has handed over, with what every answer carries; it closes the connection. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket); // it is the one that the request came on; its type only allows for others
  response.on('finish', () => {
    socket.end();
    setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
  });
  secureResponse(response);
  return response;
}

function bypass(): Error {
  return new Error('An upgrade or connect listener of the server would bypass the gate: hand upgrade handlers to gatehouse.guardUpgrades(server, { url: handler }) instead.');
}
