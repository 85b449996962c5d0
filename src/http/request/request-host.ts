import type { IncomingMessage } from 'node:http';

/**
 * The host name of a request, in lower case and without a port; empty if there is none.
 *
 * `X-Forwarded-Host` is used if the app trusts the proxy (`request.hostname` of Express).
 */
export function requestHost(request: IncomingMessage & { readonly hostname?: string | undefined }): string {
  const { host: own, 'x-forwarded-host': forwarded } = request.headers;
  const host = (forwarded === undefined ? own : request.hostname ?? own) ?? '';
  return plainHost.exec(host)?.[1] ?? host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

/** A host in lower case without a last dot, as nearly all are, and its port. */
const plainHost = /^([a-z0-9_.-]*[a-z0-9_-])(?::\d*)?$/;

const hostName = /^(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]{2,45}\])?$/;

/**
 * Whether this is a valid host name (RFC 1123 section 2.1, and `_`, which some networks use) of at most 253 characters.
 *
 * An IP address and an empty text are valid too.
 */
export function isHostName(host: string): boolean {
  return host.length <= 253 && hostName.test(host);
}
