import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../errors/errors.ts';

/** Maximum size of a body in bytes, unless its route sets another. The next two are the maximum nesting and length of a list. */
export const maxBodyBytes = 100 * 1_024;
const maxDepth = 32;
const maxEntries = 10_000;

// Only application/json, with no charset or with the only one that JSON has (RFC 8259 sections 8.1 and 11).
const jsonInUtf8 = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Creates a function that reads the JSON body of a request, of at most `limit` bytes. Without a body it returns an empty object.
 *
 * It throws `unsupported-media-type`, `invalid-input` if the body is nested deeper than 32 levels or has a list of more than
 * 10,000 entries, and the errors of the body parser (too large, not JSON), which the error handler knows.
 */
export function createBodyReader(limit: number): (request: Request, response: Response) => Promise<unknown> {
  const parseJson = express.json({
    limit,
    strict: true,
    inflate: false,
    type: () => true,
    verify: requireUtf8,
  });

  return async (request, response) => {
    if (!hasBody(request)) return {};
    if (!jsonInUtf8.test(request.headers['content-type'] ?? '')) throw new AppError('unsupported-media-type');
    await parseWith(parseJson, request, response);
    const body: unknown = request.body;
    const fault = findExcess(body);
    if (fault === undefined) return body;
    throw new AppError('invalid-input', { errors: [{ field: 'body', message: fault }] });
  };
}

/** For a body parser: refuses bytes that are not UTF-8. */
export function requireUtf8(_request: IncomingMessage, _response: ServerResponse, bytes: Buffer): void {
  if (!isUtf8(bytes)) throw new Error('The body is not UTF-8.');
}

/** Runs a body parser, which sets `request.body`. Rejects with the error of the parser. */
export function parseWith(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void parser(request, response, (error?: unknown) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}

/** Whether a request has a body. If it has one, its headers define the end of the body (RFC 9112 section 6.3). */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
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
