import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** What an Express app gives its requests and responses: the objects that it puts before their prototypes. */
export interface ExpressPrototypes {
  readonly request: object;
  readonly response: object;
}

/** The two options of Node's server that choose the requests and responses it creates. */
export interface MessageOptions {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/**
 * Returns options with which Node creates requests and responses that already have the prototypes of an Express app.
 *
 * Express sets these prototypes for each request. Up to Node 22 this makes every later access slow: it takes two thirds of the time of
 * a small request. With these options the prototypes are right from the beginning, and nothing in Express is replaced. Requests that
 * never reach Express have the prototypes too.
 *
 * Functions and no classes, because the `prototype` of a class cannot be changed. Reflect.construct is three times slower than `call`.
 * Throws if Node no longer lets functions call its constructors.
 */
export function expressMessages({ request, response }: ExpressPrototypes): MessageOptions {
  function Request(this: IncomingMessage, socket: Socket): void { IncomingMessage.call(this, socket); }
  function Response(this: ServerResponse, message: IncomingMessage, options: object): void {
    (ServerResponse as Constructor).call(this, message, options); // the types name only the first argument
  }
  Object.setPrototypeOf(Request, IncomingMessage);
  Object.setPrototypeOf(Response, ServerResponse);
  Request.prototype = request;
  Response.prototype = response;
  const made = { IncomingMessage: Request, ServerResponse: Response } as unknown as MessageOptions; // functions, see above
  requirePrototypes(made, { request, response });
  return made;
}

type Constructor = new (...values: readonly unknown[]) => object;

/** Creates one message of each kind, because a later Node may refuse to be called in this way. */
function requirePrototypes({ IncomingMessage: Request, ServerResponse: Response }: MessageOptions, app: ExpressPrototypes): void {
  const request = new Request(new Socket());
  const response = new Response(request);
  if (Object.getPrototypeOf(request) !== app.request || Object.getPrototypeOf(response) !== app.response || response.req !== request) {
    throw new TypeError('Node created a request or a response with another prototype.');
  }
}
