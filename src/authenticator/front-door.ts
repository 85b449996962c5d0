import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../errors.ts';

/** One reason not to let a request come any nearer. */
export interface FrontDoorGuard {
  readonly name: string;
  readonly code: ErrorCode;
  refuses(path: string, request: IncomingMessage): boolean;
}

/** Most bytes that a path may have. */
const maxPathBytes = 2_048;

/**
 * The guards of the front door, in order. What passes them all is a path with one plain spelling, which gate, router,
 * proxy and log read alike (RFC 3986 sections 2.3, 3.3 and 6.2.2).
 */
export const frontDoorGuards: readonly FrontDoorGuard[] = [
  { name: 'too-long', code: 'target-not-plain', refuses: (path) => path.length > maxPathBytes },
  { name: 'not-origin-form', code: 'target-not-plain', refuses: (path) => !path.startsWith('/') },
  { name: 'foreign-character', code: 'target-not-plain', refuses: (path) => /[^A-Za-z0-9\-._~!$&'()*+,=:@%/;\\]/.test(path) },
  { name: 'backslash', code: 'target-not-plain', refuses: (path) => path.includes('\\') },
  { name: 'semicolon', code: 'target-not-plain', refuses: (path) => path.includes(';') },
  { name: 'doubled-slash', code: 'target-not-plain', refuses: (path) => path.includes('//') },
  { name: 'dot-segment', code: 'target-not-plain', refuses: (path) => /\/\.{1,2}(?:\/|$)/.test(path) },
  { name: 'broken-percent', code: 'target-not-plain', refuses: (path) => path.includes('%') && /%(?![0-9A-Fa-f]{2})/.test(path) },
  { name: 'lower-case-percent', code: 'target-not-plain', refuses: (path) => path.includes('%') && /%(?:[a-f]|.[a-f])/.test(path) },
  { name: 'encoded-unreserved', code: 'target-not-plain', refuses: (path) => path.includes('%') && encodes(path, /[A-Za-z0-9\-._~]/) },
  { name: 'encoded-separator', code: 'target-not-plain', refuses: (path) => path.includes('%') && encodes(path, /[/\\]/) },
  { name: 'encoded-control', code: 'target-not-plain', refuses: (path) => path.includes('%') && /%(?:[01][0-9A-Fa-f]|7[Ff])/.test(path) },
  { name: 'not-utf-8', code: 'target-not-plain', refuses: (path) => path.includes('%') && !isDecodable(path) },
  { name: 'repeated-authorization', code: 'authorization-repeated', refuses: (_path, request) => countHeader(request, 'authorization') > 1 },
];

/**
 * Finds the guard that refuses a request, if one does.
 *
 * `path` is the target up to the first `?`; what follows it names no route and is the query parser's business.
 */
export function checkFrontDoor(path: string, request: IncomingMessage, guards: readonly FrontDoorGuard[] = frontDoorGuards): FrontDoorGuard | undefined {
  return guards.find((guard) => guard.refuses(path, request));
}

/** The target without its query. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

function encodes(path: string, character: RegExp): boolean {
  return (path.match(/%[0-9A-Fa-f]{2}/g) ?? []).some((code) => character.test(String.fromCharCode(parseInt(code.slice(1), 16))));
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

// Node keeps only the first Authorization header in request.headers, so the raw list is what shows a second one.
function countHeader(request: IncomingMessage, name: string): number {
  let count = 0;
  for (let index = 0; index < request.rawHeaders.length; index += 2) if (request.rawHeaders[index]?.toLowerCase() === name) count += 1;
  return count;
}
