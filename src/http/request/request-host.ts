import type { IncomingMessage } from 'node:http';

/**
 * The host name that a request was sent to, in small letters and without a port; empty if it names none.
 *
 * `X-Forwarded-Host` counts where the app trusts the proxy (Express's `request.hostname`).
 */
export function requestHost(request: IncomingMessage & { readonly hostname?: string | undefined }): string {
  const { host: own, 'x-forwarded-host': forwarded } = request.headers;
  const host = (forwarded === undefined ? own : request.hostname ?? own) ?? '';
  return host.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase();
}

const hostName = /^(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:.]{2,45}\])?$/;

/** Whether a host can have this name (RFC 1123 section 2.1, and `_`, which some networks use): at most 253 characters; an IP address, or nothing, is one too. */
export function isHostName(host: string): boolean {
  return host.length <= 253 && hostName.test(host);
}
