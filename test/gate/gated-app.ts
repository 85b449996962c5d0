import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import { createAccess } from '../../src/engine/access.ts';
import type { Caller } from '../../src/engine/caller.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import type { UrlDeclaration } from '../../src/engine/urls/registered-url.ts';
import { resolveRights } from '../../src/engine/grants/right.ts';
import type { RightInput } from '../../src/engine/grants/right.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import type { UrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { createAuthenticator } from '../../src/gate/authenticator.ts';
import type { FrontDoorGuard } from '../../src/gate/front-door.ts';
import { createGate, contextOf } from '../../src/gate/gate.ts';
import type { Gate } from '../../src/gate/gate.ts';
import { createRoutePasses } from '../../src/gate/route-pass.ts';
import type { RoutePasses } from '../../src/gate/route-pass.ts';
import { createRefuse } from '../../src/gate/refuse.ts';
import type { Refuse, RefusedRequest } from '../../src/gate/refuse.ts';
import { AppError } from '../../src/errors/errors.ts';
import { protectRoutes } from '../../src/http/census/protect-routes.ts';
import { servedMethods, takeCensus } from '../../src/http/census/census.ts';
import type { Finding } from '../../src/http/census/census.types.ts';
import { createErrorHandler, sendProblem } from '../../src/http/response/error-handler.ts';
import { inspectApp } from '../../src/http/census/inspect-app.ts';
import { isMountedByGatehouse } from '../../src/http/route/mount-routes.ts';
import { createLogBook } from '../http/route/serve.ts';
import { stored } from '../engine/resources/stored.ts';

export interface GatedAppOptions {
  readonly urls: UrlDeclaration;
  /** Rights by token; `*` stands for all of them. Another token is refused. */
  readonly tokens?: Readonly<Record<string, readonly RightInput[]>>;
  /** Adds handlers ahead of the gate. */
  readonly before?: (app: Express) => void;
  readonly host: (app: Express, gate: RequestHandler) => void;
  readonly beforeGate?: readonly string[];
  readonly afterGate?: readonly string[];
  readonly guards?: readonly FrontDoorGuard[];
  /** Parts to put in the place of the real ones, to see what happens without them. */
  readonly passes?: RoutePasses;
  readonly prepare?: () => boolean;
  readonly mountGate?: boolean;
}

/** An app behind a gate that knows a few tokens and no database. */
export interface GatedApp {
  readonly app: Express;
  readonly gate: Gate;
  readonly refuse: Refuse;
  readonly refused: RefusedRequest[];
  readonly log: ReturnType<typeof createLogBook>;
  census(): Finding[];
  /** Opens the gate as init does, whatever the census found. */
  open(): UrlRegistry;
}

export function createGatedApp(
  { urls: declared, tokens = {}, before, host, beforeGate = [], afterGate = [], mountGate = true, ...parts }: GatedAppOptions,
): GatedApp {
  const urls = listUrls([declared]);
  const refused: RefusedRequest[] = [];
  const log = createLogBook();
  let registry: UrlRegistry | null = null;

  function callerOf(token: string): Caller {
    const rights = tokens[token];
    if (!rights || !registry) throw new AppError('token-invalid');
    const grants = compileGrants(registry, {
      rights: resolveRights(registry, rights.filter((right) => right !== '*'), '').rights, policies: [], isSuperadmin: rights.includes('*'),
    });
    return {
      userId: token, tenantId: 'default', sessionId: token, username: token, roles: [], roleTypes: [], grants, attributes: { id: token },
    };
  }

  const gate = createGate({ clock: () => 0, registry: () => registry, identifyCaller: async (token) => Promise.resolve(
    callerOf(token),
  ), ...(parts.guards && { guards: parts.guards }) });
  const passes = parts.passes ?? createRoutePasses();
  const refuse = createRefuse({
    sendProblem: (request, response, error) => sendProblem(request, response, error, log), requestId: () => 'request-1',
    onRefused: (refusal) => void refused.push(refusal),
  });
  const authenticator = createAuthenticator({
    gate, passes, refuse,
    accessOf: (caller, request) => createAccess(
      { caller, context: () => contextOf(caller, request, 0), stored, explain: () => Promise.reject(new AppError('not-ready')) },
    ),
    prepare: parts.prepare ?? (() => false),
  });
  const app = express();
  before?.(app);
  if (mountGate) app.use(authenticator);
  host(app, authenticator);
  app.use(createErrorHandler(log));

  return {
    app, gate, refuse, refused, log,
    census: () => takeCensus({ urls, layers: inspectApp(app, authenticator), beforeGate, afterGate }),
    open() {
      const layers = inspectApp(app, authenticator);
      registry = createUrlRegistry(urls, servedMethods(layers));
      protectRoutes(layers, { passes, isMounted: isMountedByGatehouse, afterGate, logger: log });
      return registry;
    },
  };
}

const listening = new Set<() => Promise<void>>();

/** Listens on a free local port until `close`, or `closeListeners`, which also a failed test must reach. */
export async function listen(app: Express): Promise<{ server: Server; origin: string; close: () => Promise<void> }> {
  const server = createServer(app);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not a pipe
  const close = () => new Promise<void>((resolve) => {
    listening.delete(close);
    server.close(() => resolve());
    // Node forgets connections that were upgraded, and would wait for them for ever.
    for (const socket of sockets) socket.destroy();
  });
  listening.add(close);
  return { server, origin: `http://127.0.0.1:${port}`, close };
}

/** Ends all servers that still listen: for `afterEach`. */
export async function closeListeners(): Promise<void> {
  await Promise.all([...listening].map((close) => close()));
}
