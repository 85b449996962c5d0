import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

/** The headers that helmet sets. They are computed once, because calling helmet for each request costs more than the gate. */
const securityHeaders = headersOf(helmet());

function headersOf(
  set: (request: IncomingMessage, response: ServerResponse, next: () => void) => void,
): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  set(request, response, () => undefined);
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

/** Sets the headers of every response. */
export function secureResponse(response: ServerResponse): void {
  for (const [name, value] of securityHeaders) response.setHeader(name, value);
  response.removeHeader('X-Powered-By');
  // Responses of the API must not be cached. Other routes set the header themselves.
  response.setHeader('Cache-Control', 'no-store');
}
