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
