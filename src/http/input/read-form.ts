import { AppError } from '../../errors/errors.ts';
import { hasBody, isBodyRead, readText } from './read-text.ts';
import type { ReadableRequest } from './read-text.ts';

const formInUtf8 = /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Creates a function that reads the form of a request, of at most `limit` bytes. Without a body it returns an empty form.
 *
 * It follows RFC 6749 section 3.2: parameters without a value count as not sent, unknown ones are ignored, and none may be
 * repeated. It rejects with `oauth-request-malformed` and the codes of {@link readText}.
 */
export function createFormReader(limit: number, names: readonly string[]): (request: ReadableRequest) => Promise<unknown> {
  return async (request) => {
    if (!hasBody(request)) return {};
    if (!formInUtf8.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported-media-type');
    const text = isBodyRead(request) ? request.body : await readText(request, limit);
    const form = parseForm(typeof text === 'string' ? text : '');
    return Object.fromEntries(names.flatMap((name) => (form.get(name) ? [[name, form.get(name)]] : [])));
  };
}

function parseForm(text: string): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const end = part.includes('=') ? part.indexOf('=') : part.length;
    const name = decodeFormPart(part.slice(0, end));
    const value = decodeFormPart(part.slice(end + 1));
    if (name === null || value === null || form.has(name)) throw new AppError('oauth-request-malformed');
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
