import type { Server } from 'node:http';
import type { ServerOptions as TlsOptions } from 'node:https';
import type { ErrorRequestHandler, Express } from 'express';

/** Creates one of the two servers that are compared: of Node, or of Gatehouse. */
export type MakeServer = (app: Express, tls?: TlsOptions) => Server;

/** An app on a server, and the requests that are sent to it. */
export interface Scenario {
  readonly server: Server;
  /** Another server that gets the same requests. */
  readonly also?: Server;
  /** Whole requests, as they go over the wire. */
  readonly requests: readonly string[];
  readonly isTls?: boolean;
  /** Undoes what the scenario changed outside its app. */
  readonly end?: () => unknown;
}

export interface ScenarioDeps {
  readonly make: MakeServer;
  /** A folder with the files `a.txt` and `index.html`. */
  readonly folder: string;
  readonly tls: TlsOptions;
}

export type BuildScenario = (deps: ScenarioDeps) => Scenario | Promise<Scenario>;

/** The text of a request whose answer closes the connection. */
export function requestText(method: string, url: string, headers: Readonly<Record<string, string>> = {}, body = ''): string {
  const length = body === '' ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const all = { 'Host': 'a.b.example.com', 'Connection': 'close', ...headers, ...length };
  return `${method} ${url} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** Ends an app with a handler that answers the status and the text of an error. */
export function answerErrors(app: Express): void {
  app.use(((error, _request, response, next) => {
    if (response.headersSent) { next(error); return; }
    const { status = 500, message } = error as { status?: number; message: string }; // thrown by the handlers of the scenario
    response.status(status).send(`error: ${message}`);
  }) satisfies ErrorRequestHandler);
}
