import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** What helmet sets, which does not depend on the request: asked once, because asking for each costs more than the gate. */
const securityHeaders = headersOf(helmet());

function headersOf(set: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  set(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Sets the headers that every answer carries, whoever gives it. */
export function secureResponse(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  response.removeHeader('X-Powered-By');
  // A route that sets nothing itself is an API answer, and those are never kept by anybody.
  response.setHeader('Cache-Control', 'no-store');
}
