import type { ErrorEntry } from '../errors/error-entry.ts';

/** The error codes of requests and answers. */
export const httpErrors = {
  'malformed-body': { status: 400, detail: 'The body is not valid JSON.' },
  'body-too-large': { status: 413, detail: 'The body is larger than this URL accepts, which is 100 kB for most: send less at a time.' },
  'unsupported-media-type': { status: 415, detail: 'Send the body as "Content-Type: application/json" in UTF-8, not compressed.' },
  'invalid-input': { status: 422, detail: 'Some fields are missing, unknown or invalid: see "errors".' },
  'document-not-found': { status: 404, detail: 'No such document: check the id in the URL.' },
  'overloaded': { status: 503, retryAfter: 2, detail: 'The server is processing the maximum number of requests: try again shortly.' },
  'internal': { status: 500, detail: 'An error occurred inside the server: report the requestId.' },
} as const satisfies Record<string, ErrorEntry>;
