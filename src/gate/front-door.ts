import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '../errors/table.ts';
import { isHostName, requestHost } from '../http/request/request-host.ts';
import { repeatsAuthorization } from './bearer-token.ts';

/** The target of a request, as its first line has it. */
export interface Target {
  /** The part before the first `?`. */
  readonly path: string;
  /** The part after it; empty if there is no `?`. */
  readonly query: string;
}

/** A check of the front door, which refuses a request before anything else looks at it. */
export interface FrontDoorGuard {
  readonly name: string;
  readonly code: ErrorCode;
  /** True for a guard that reads headers, and not the target. */
  readonly readsHeaders?: true;
  refuses(target: Target, request: IncomingMessage): boolean;
}

/** Maximum length of a path, in bytes. */
const maxPathBytes = 2_048;

/**
 * The guards of the front door, in order. A path that passes them all has only one spelling, so that gate, router, proxy and log
 * read it alike (RFC 3986 sections 2.3, 3.3 and 6.2.2). No guard is redundant.
 *
 * A query selects no route, so only characters that no query may have are refused (section 3.4). With such a character, Express
 * uses another parser for the target, which turns a `'` in the path into three characters. The host selects no route either, but
 * the tenant is looked up by it.
 */
export const frontDoorGuards: readonly FrontDoorGuard[] = [
  { name: 'too-long', code: 'target-not-plain', refuses: ({ path }) => path.length > maxPathBytes },
  { name: 'not-origin-form', code: 'target-not-plain', refuses: ({ path }) => !path.startsWith('/') },
  { name: 'foreign-character', code: 'target-not-plain', refuses: ({ path }) => /[^A-Za-z0-9\-._~!$&'()*+,=:@%/;\\]/.test(path) },
  { name: 'foreign-query', code: 'target-not-plain', refuses: ({ query }) => /[^!-~]|#/.test(query) },
  { name: 'backslash', code: 'target-not-plain', refuses: ({ path }) => path.includes('\\') },
  { name: 'semicolon', code: 'target-not-plain', refuses: ({ path }) => path.includes(';') },
  { name: 'doubled-slash', code: 'target-not-plain', refuses: ({ path }) => path.includes('//') },
  { name: 'dot-segment', code: 'target-not-plain', refuses: ({ path }) => /\/\.{1,2}(?:\/|$)/.test(path) },
  { name: 'undecodable', code: 'target-not-plain', refuses: ({ path }) => path.includes('%') && !isDecodable(path) },
  { name: 'lower-case-percent', code: 'target-not-plain', refuses: ({ path }) => path.includes('%') && /%(?:[a-f]|.[a-f])/.test(path) },
  { name: 'encoded-unreserved', code: 'target-not-plain', refuses: ({ path }) => path.includes('%') && encodes(path, /[A-Za-z0-9\-._~]/) },
  { name: 'encoded-separator', code: 'target-not-plain', refuses: ({ path }) => path.includes('%') && encodes(path, /[/\\]/) },
  {
    name: 'encoded-control', code: 'target-not-plain', refuses: ({ path }) => path.includes('%') && /%(?:[01][0-9A-Fa-f]|7[Ff])/.test(path),
  },
  {
    name: 'repeated-authorization', code: 'authorization-repeated', readsHeaders: true,
    refuses: (_target, request) => repeatsAuthorization(request),
  },
  { name: 'foreign-host', code: 'host-not-plain', readsHeaders: true, refuses: (_target, request) => !isHostName(requestHost(request)) },
];

/** A path of letters, digits, `_`, `-`, `~` and inner dots, as most paths are. No guard refuses it, unless it is too long. */
const usualPath = /^\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/;

/**
 * Creates the function that finds the guard that refuses a request, if one does.
 *
 * A usual path without a query passes all guards of the target, so they need not look at it one by one.
 */
export function createFrontDoor(
  guards: readonly FrontDoorGuard[] = frontDoorGuards,
): (target: Target, request: IncomingMessage) => FrontDoorGuard | undefined {
  const ofHeaders = guards.filter(({ readsHeaders }) => readsHeaders);
  return (target, request) => {
    const isUsual = target.query === '' && target.path.length <= maxPathBytes && usualPath.test(target.path);
    return (isUsual ? ofHeaders : guards).find((guard) => guard.refuses(target, request));
  };
}

/** Splits the request target, which is the text between method and version in the first line of a request. */
export function readTarget(text: string): Target {
  const end = text.indexOf('?');
  return end < 0 ? { path: text, query: '' } : { path: text.slice(0, end), query: text.slice(end + 1) };
}

/** The target without its query. */
export function pathOf(target: string): string {
  return readTarget(target).path;
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
