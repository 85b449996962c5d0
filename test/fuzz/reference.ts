import { readTarget } from './requests.ts';
import type { FuzzRequest } from './requests.ts';

/** A registered URL as the reference knows it; without a handler it is one of Gatehouse's own. */
export interface KnownUrl {
  readonly url: string;
  readonly methods: readonly string[];
  readonly access: string;
  readonly handler: string | null;
}

/** Who a token speaks for: everything, or "METHOD url" for each right; null for a token that is not good. */
export type Rights = ReadonlySet<string> | 'everything' | null;

/** The one handler that a request may run, or why none. */
export interface Expected {
  readonly handler: string | null;
  readonly reason: string;
}

const unreserved = /[A-Za-z0-9._~-]/;

/**
 * Says which handler a request may run. Written from the standards and the declaration alone, as plainly as can be, and
 * knows nothing of the gate's code.
 */
export function createReference(urls: readonly KnownUrl[], rightsOf: Readonly<Record<string, Rights>>): (request: FuzzRequest) => Expected {
  const known = urls.map((each) => ({ ...each, parts: partsOf(each.url) }));
  return (request) => {
    const { method, version, headers, token, isBroken, isUpgrade } = request;
    if (isBroken) return none('not HTTP');
    if (isUpgrade) return none('upgrade');
    if (version === '1.1' && headers.filter(([name]) => name.toLowerCase() === 'host').length === 0) return none('no host');
    if (!/^[a-z]+$/.test(headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'none')) return none('no host name');
    if (headers.filter(([name]) => name.toLowerCase() === 'authorization').length > 1) return none('two tokens');
    const [path, query] = split(readTarget(request));
    if (!isPlain(path) || /[^!-~]|#/.test(query)) return none('not plain');
    const parts = partsOf(path);
    const wanted = method === 'HEAD' ? 'GET' : method;
    const best = known
      .filter((each) => each.methods.includes(wanted) && matches(each.parts, parts))
      .sort((one, other) => (rank(one.parts) < rank(other.parts) ? -1 : 1))[0];
    if (!best) return none('unknown');
    if (best.access === 'simple') return { handler: best.handler, reason: 'simple' };
    const rights = token === null ? null : rightsOf[token] ?? null;
    if (rights === null) return none('no session');
    if (rights !== 'everything' && (best.access === 'config' || !rights.has(`${wanted} ${best.url}`))) return none('no right');
    return { handler: best.handler, reason: 'right' };
  };
}

function none(reason: string): Expected {
  return { handler: null, reason };
}

function split(target: string): [string, string] {
  const [path = '', ...rest] = target.split('?');
  return [path, rest.join('?')];
}

/** One spelling: parts of characters that need no coding, or coded as they must be, with one slash between them. */
function isPlain(path: string): boolean {
  if (path.length > 2_048 || !/^\/[A-Za-z0-9._~!$&'()*+,=:@%/-]*$/.test(path) || path.includes('//')) return false;
  if (path.split('/').some((part) => part === '.' || part === '..')) return false;
  const bytes: number[] = [];
  for (let index = 0; index < path.length; index += 1) {
    const character = path.charAt(index);
    if (character !== '%') { bytes.push(character.charCodeAt(0)); continue; }
    const code = path.slice(index + 1, index + 3);
    const byte = parseInt(code, 16);
    if (!/^[0-9A-F]{2}$/.test(code) || byte < 0x20 || byte === 0x7f) return false;
    const decoded = String.fromCharCode(byte);
    if (byte < 0x80 && (unreserved.test(decoded) || decoded === '/' || decoded === '\\')) return false;
    bytes.push(byte);
    index += 2;
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

function partsOf(path: string): string[] {
  return path.toLowerCase().split('/').filter((part) => part !== '');
}

function matches(pattern: readonly string[], parts: readonly string[]): boolean {
  const isOpen = pattern.at(-1)?.startsWith('*') === true;
  if (isOpen ? parts.length < pattern.length : parts.length !== pattern.length) return false;
  return pattern.every((part, index) => part.startsWith(':') || part.startsWith('*') || part === parts[index]);
}

function rank(pattern: readonly string[]): string {
  return pattern.map((part) => (part.startsWith('*') ? 'c' : part.startsWith(':') ? 'b' : 'a')).join('');
}
