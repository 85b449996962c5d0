import { errorTable } from '../../errors/errors.ts';
import type { AppError } from '../../errors/errors.ts';

/** How a route answers its errors: as problems (RFC 9457), or as the OAuth RFCs want it. */
export type ErrorForm = 'problem' | 'oauth';

/** The body of an error in OAuth's form (RFC 6749 section 5.2), with the status it is answered with. */
export interface OAuthError {
  readonly status: number;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** The challenge of a 401 in OAuth's form (RFC 6749 section 5.2, RFC 7617 section 2.1). */
export const basicChallenge = 'Basic realm="gatehouse", charset="UTF-8"';

/** Turns an error into what OAuth's form has for it: what was sent wrong is 400 or 401, whatever status the code has elsewhere. */
export function toOAuthError({ code, extras }: AppError): OAuthError {
  const faults = extras.errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
  const description = (faults ?? errorTable[code].detail).slice(0, 1_000);
  return { status: oauthStatusOf(code), body: { error: oauthCodeOf(code), error_description: printable(description) } };
}

export function oauthStatusOf(code: AppError['code']): number {
  const { status } = errorTable[code];
  return status === 401 || status === 429 || status >= 500 ? status : 400;
}

export function oauthCodeOf(code: AppError['code']): string {
  const entry = errorTable[code];
  if ('oauth' in entry) return entry.oauth;
  if (entry.status === 401) return 'invalid_client';
  if (entry.status < 500) return entry.status === 429 ? 'temporarily_unavailable' : 'invalid_request';
  return entry.status === 503 ? 'temporarily_unavailable' : 'server_error';
}

/** A text of those characters that a description may have (RFC 6749 section 5.2): neither " nor \. */
export function printable(text: string): string {
  return text.replaceAll('"', '\'').replace(/[^ !#-[\]-~]/g, '');
}
