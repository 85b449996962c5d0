import { AppError } from '../../errors/errors.ts';
import { hasBody, isBodyRead, readText } from './read-text.ts';
import type { ReadableRequest } from './read-text.ts';

/** Maximum size of a body in bytes, unless its route sets another. The next two are the maximum nesting and length of a list. */
export const maxBodyBytes = 100 * 1_024;
const maxDepth = 32;
const maxEntries = 10_000;

// Only application/json, with no charset or with the only one that JSON has (RFC 8259 sections 8.1 and 11).
const jsonInUtf8 = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Creates a function that reads the JSON body of a request, of at most `limit` bytes. Without a body it returns an empty object.
 *
 * It rejects with `unsupported-media-type`, `body-too-large`, `malformed-body` if the body is not JSON or no object or list, and
 * `invalid-input` if the body is nested deeper than 32 levels or has a list of more than 10,000 entries.
 */
export function createBodyReader(limit: number): (request: ReadableRequest) => Promise<unknown> {
  return async (request) => {
    if (!hasBody(request)) return {};
    if (!jsonInUtf8.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported-media-type');
    const body = isBodyRead(request) ? request.body : parseJson(await readText(request, limit));
    const fault = findExcess(body);
    if (fault === undefined) return body;
    throw new AppError('invalid-input', { errors: [{ field: 'body', message: fault }] });
  };
}

/** A body in chunks may be empty, which counts as no body. */
function parseJson(text: string): unknown {
  if (text === '') return {};
  if (!/^[ \t\r\n]*[{[]/.test(text)) throw new AppError('malformed-body');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('malformed-body', {}, error);
  }
}

// Goes level by level and without recursion: a body of 100 kB may be nested 50,000 deep, which would overflow the stack.
function findExcess(value: unknown): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    level = level.filter((each) => typeof each === 'object' && each !== null);
    if (depth === maxDepth && level.length > 0) return `must not be nested deeper than ${maxDepth} levels`;
    if (level.some((each) => Array.isArray(each) && each.length > maxEntries)) {
      return `must not have a list of more than ${maxEntries} entries`;
    }
    level = level.flatMap((each): unknown[] => Object.values(each as object)); // the filter above removes everything but objects
  }
  return undefined;
}
