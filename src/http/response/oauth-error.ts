import { errorTable } from '../../errors/table.ts';
import type { AppError } from '../../errors/errors.ts';

/**
 * The form of the errors of a route: problems (RFC 9457), OAuth errors (RFC 6749), or pages for persons, with problems for clients that
 * accept JSON.
 */
export type ErrorForm = 'problem' | 'oauth' | 'page';

/** The status and body of an OAuth error (RFC 6749 section 5.2). */
export interface OAuthError {
  readonly status: number;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** The challenge of a 401 in the OAuth form (RFC 6749 section 5.2, RFC 7617 section 2.1). */
export const basicChallenge = 'Basic realm="gatehouse", charset="UTF-8"';

/** Converts an error to the OAuth form. A fault of the request is 400 or 401, even if its code has another status elsewhere. */
export function toOAuthError({ code, extras }: AppError): OAuthError {
  const faults = extras.errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
  const reference = extras.reference === undefined ? '' : ` Reference: ${extras.reference}.`;
  const description = `${(faults ?? errorTable[code].detail).slice(0, 1_000)}${reference}`;
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

/** Removes characters that a description must not have (RFC 6749 section 5.2), such as " and \. */
export function printable(text: string): string {
  return text.replaceAll('"', '\'').replace(/[^ !#-[\]-~]/g, '');
}
