import { createServer, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express } from 'express';
import type { Caller } from '../../../src/engine/caller.ts';
import type { RouteDefinition } from '../../../src/http/route/define-route.ts';
import { createErrorHandler } from '../../../src/http/response/error-handler.ts';
import type { ErrorLog } from '../../../src/http/response/error-handler.ts';
import { mountRoutes } from '../../../src/http/route/mount-routes.ts';
import type { TakePass } from '../../../src/http/route/mount-routes.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body, read as JSON; undefined if there is none. */
  readonly json: unknown;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; an object as JSON with its content type. */
  readonly body?: unknown;
}

export interface TestServer {
  readonly port: number;
  call(method: string, target: string, sent?: Sent): Promise<Answer>;
  close(): Promise<void>;
}

/** Runs an app on a free local port. */
export async function serve(app: Express): Promise<TestServer> {
  const server = createServer(app);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref(); // a test that fails before it closes the server must not keep the run from ending
  const { port } = server.address() as AddressInfo; // it listens on a port, not a pipe
  return {
    port,
    call: (method, target, sent) => call(port, method, target, sent ?? {}),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A logger that keeps what it is told. */
export function createLogBook(): ErrorLog & { readonly lines: { readonly err: unknown; readonly message: string }[] } {
  const lines: { err: unknown; message: string }[] = [];
  return { lines, error: ({ err }, message) => void lines.push({ err, message }) };
}

/** Runs routes behind a gate that lets everything through as `caller`, unless another one is given. */
export function serveRoutes(
  routes: readonly RouteDefinition[],
  {
    caller = null,
    takePass = () => caller,
    logger = createLogBook(),
  }: { readonly caller?: Caller | null; readonly takePass?: TakePass; readonly logger?: ErrorLog } = {},
): Promise<TestServer> {
  return serve(express().use(mountRoutes(routes, { takePass, logger })).use(createErrorHandler(logger)));
}

/** The faulty fields of an `invalid-input` answer. */
export function faultyFields(answer: Answer): string[] {
  const { errors = [] } = answer.json as { errors?: { field: string }[] }; // the form of a problem
  return errors.map(({ field }) => field);
}

function call(port: number, method: string, target: string, { headers = {}, body }: Sent): Promise<Answer> {
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = body === undefined ? undefined : Buffer.from(isText ? body : JSON.stringify(body));
  const usual = {
    ...(bytes && { 'Content-Length': String(bytes.length) }), ...(bytes && !isText && { 'Content-Type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const request = sendRequest({ host: '127.0.0.1', port, method, path: target, headers: { ...usual, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: readJson(text) });
      });
    });
    request.on('error', reject);
    request.setTimeout(5_000, () => void request.destroy(new Error('No answer within 5 s.')));
    request.end(bytes);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
