import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

type Headers = readonly (readonly [name: string, value: string])[];

/** The policy of an answer that is no document: a browser that shows it anyway loads and runs nothing, and frames it nowhere. */
const closedPolicy = { useDefaults: false, directives: { defaultSrc: ['\'none\''], frameAncestors: ['\'none\''] } };

/** What matters for an answer that no browser shows as a document. The other headers of helmet have no effect on it. */
const forAllAnswers = new Set([
  'content-security-policy', 'strict-transport-security', 'x-content-type-options', 'cross-origin-resource-policy',
]);

// They are computed once, because calling helmet for each request costs more than the gate.
const dataHeaders = headersOf(helmet({ contentSecurityPolicy: closedPolicy })).filter(([name]) => forAllAnswers.has(name));
const documentHeaders = headersOf(helmet());
const dataPolicy = dataHeaders.find(([name]) => name === 'content-security-policy')?.[1];

function headersOf(set: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): Headers {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  set(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/**
 * Sets the security headers of every response: few for JSON, all of helmet's for everything that a browser may show or run.
 *
 * The type of the answer decides when its head is sent. Headers that a handler sets itself are kept.
 */
export function secureResponse(response: ServerResponse): void {
  for (const [name, value] of dataHeaders) response.setHeader(name, value);
  response.removeHeader('X-Powered-By');
  // Responses of the API must not be cached. Other routes set the header themselves.
  response.setHeader('Cache-Control', 'no-store');
  if (Object.hasOwn(response, 'writeHead')) wrapWriteHead(response);
  else response.writeHead = writeHead;
}

/** Node types it as a list of overloads: status, an optional text, and optional headers. */
type WriteHead = ServerResponse['writeHead'];
type Head = Parameters<WriteHead>;

/** One function for all responses, because a closure for each would cost more than the headers. */
const writeHead = function (this: ServerResponse, ...head: Head) {
  completeHeaders(this, head);
  const { writeHead: ofPrototype } = Object.getPrototypeOf(this) as ServerResponse; // of Node, or what a host put in its place
  return ofPrototype.apply(this, head);
} as WriteHead; // an overload

/** For a response whose `writeHead` a middleware before the gate has replaced. */
function wrapWriteHead(response: ServerResponse): void {
  const inner = response.writeHead;
  if (inner === writeHead) return;
  response.writeHead = function (this: ServerResponse, ...head: Head) {
    completeHeaders(this, head);
    return inner.apply(this, head);
  } as WriteHead; // an overload
}

function completeHeaders(response: ServerResponse, head: readonly unknown[]): void {
  if (response.headersSent || isData(response, head)) return;
  for (const [name, value] of documentHeaders) {
    const current = response.getHeader(name);
    if (current === undefined || (current === dataPolicy && name === 'content-security-policy')) response.setHeader(name, value);
  }
}

/** JSON, or an answer without content. A 304 may confirm a document, and its headers replace those that the browser stored. */
function isData(response: ServerResponse, [status, ...rest]: readonly unknown[]): boolean {
  const type = typeIn(rest.at(-1)) ?? response.getHeader('content-type');
  return type === undefined ? status !== 304 : typeof type === 'string' && /^application\/(?:[\w.-]+\+)?json\b/i.test(type);
}

/** The content type in the headers that a handler passes to `writeHead`: an object, or a list of names and values. */
function typeIn(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const list: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(headers).flat();
  const index = list.findIndex((name, position) => position % 2 === 0 && String(name).toLowerCase() === 'content-type');
  return index < 0 ? undefined : list[index + 1];
}
