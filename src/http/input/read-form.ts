import { AppError } from '../../errors/errors.ts';
import type { ErrorForm } from '../response/oauth-error.ts';
import { hasBody, isBodyRead, readText } from './read-text.ts';
import type { ReadableRequest } from './read-text.ts';

/** The largest form that a route may take, in bytes. */
export const maxFormBytes = 512 * 1_024;

/** More fields than any form has that a route takes. */
const maxFields = 1_000;

const formInUtf8 = /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Creates a function that reads the form of a request, of at most `limit` bytes. Without a body it returns an empty form.
 *
 * It follows RFC 6749 section 3.2: parameters without a value count as not sent, unknown ones are ignored, and none may be
 * repeated. It rejects with the codes of {@link readText}. A repeated field is `invalid-input`, and a form that cannot be decoded or has
 * more than 1,000 fields is `malformed-body`. Where errors have the form of OAuth, both are `oauth-request-malformed`.
 */
export function createFormReader(
  limit: number, names: readonly string[], errorForm: ErrorForm,
): (request: ReadableRequest) => Promise<unknown> {
  return async (request) => {
    if (!hasBody(request)) return {};
    if (!formInUtf8.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported-media-type');
    const text = isBodyRead(request) ? request.body : await readText(request, limit);
    const form = parseForm(typeof text === 'string' ? text : '');
    if (form instanceof AppError) throw errorForm === 'oauth' ? new AppError('oauth-request-malformed') : form;
    return Object.fromEntries(names.flatMap((name) => (form.get(name) ? [[name, form.get(name)]] : [])));
  };
}

/** The fields of a form, or the error about it. */
function parseForm(text: string): ReadonlyMap<string, string> | AppError {
  const form = new Map<string, string>();
  const parts = text.split('&', maxFields + 1);
  if (parts.length > maxFields) return new AppError('malformed-body'); // the rest, in which a field may be repeated, was not read
  for (const part of parts) {
    if (part === '') continue;
    const end = part.includes('=') ? part.indexOf('=') : part.length;
    const name = decodeFormPart(part.slice(0, end));
    const value = decodeFormPart(part.slice(end + 1));
    if (name === null || value === null) return new AppError('malformed-body');
    if (form.has(name)) {
      return new AppError('invalid-input', { errors: [{ field: `body.${name}`.slice(0, 200), message: 'must not be sent twice' }] });
    }
    form.set(name, value);
  }
  return form;
}

/** Decodes a name or value of a form; null if its encoding is invalid. */
export function decodeFormPart(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
