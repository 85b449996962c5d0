import { isUtf8 } from 'node:buffer';
import { AppError } from '../../../errors/errors.ts';
import { decodeFormPart } from '../../../http/input/read-form.ts';

export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string;
}

/** The fields of a form with which a client authenticates. */
export interface ClientFields {
  readonly client_id?: string;
  readonly client_secret?: string;
}

/**
 * Reads id and secret of a client (RFC 6749 section 2.3.1) from HTTP Basic, or from both fields of the body.
 *
 * Throws `oauth-request-malformed` if a request uses both ways. Throws `client-refused` if it uses none, or one incompletely.
 */
export function readClientCredentials(authorization: string | null, { client_id, client_secret }: ClientFields): ClientCredentials {
  if (authorization === null) {
    if (client_id === undefined || client_secret === undefined) throw new AppError('client-refused');
    return { clientId: client_id, secret: client_secret };
  }
  if (client_secret !== undefined) throw new AppError('oauth-request-malformed');
  const basic = readBasic(authorization);
  if (!basic) throw new AppError('client-refused');
  // A client id in the body is allowed in addition to the header, but it must name the same client.
  if (client_id !== undefined && client_id !== basic.clientId) throw new AppError('oauth-request-malformed');
  return basic;
}

/** Clients encode id and secret as in a form before they join them, so that both may contain a colon. */
function readBasic(authorization: string): ClientCredentials | null {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  const [clientId, secret] = [decodeFormPart(text.slice(0, colon)), decodeFormPart(text.slice(colon + 1))];
  return clientId === null || secret === null ? null : { clientId, secret };
}
