import type { HostUrl } from './host.ts';
import type { Random } from './random.ts';
import { fillIn, mutate } from './spellings.ts';

/** One request as it is put on the wire. */
export interface FuzzRequest {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Whose token it bears, alone and in the right form; null: nobody's. */
  readonly token: string | null;
  /** No HTTP, which any server must refuse. */
  readonly isBroken: boolean;
  /** Asks to leave HTTP. */
  readonly isUpgrade: boolean;
  /** Needs a connection of its own: the server, or its parser, closes it. */
  readonly isAlone: boolean;
}

export interface RequestDeps {
  readonly urls: readonly HostUrl[];
  /** URLs of Gatehouse's own, asked for now and then. */
  readonly otherUrls: readonly string[];
  /** Tokens by name. The good ones cost the server three reads each on a URL that needs one. */
  readonly tokens: Readonly<Record<string, string>>;
}

interface Oddity {
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly isBroken?: boolean;
  readonly isUpgrade?: boolean;
  readonly isAlone?: boolean;
}

const odd: readonly ((path: string) => Oddity)[] = [
  (path) => ({ headers: [['X-Original-URL', path], ['X-Rewrite-URL', path]] }),
  () => ({ headers: [['X-HTTP-Method-Override', 'DELETE'], ['X-Method-Override', 'POST'], ['X-HTTP-Method', 'PUT']] }),
  (path) => ({ headers: [['X-Forwarded-For', '127.0.0.1'], [
    'X-Forwarded-Prefix', '/shop',
  ], ['X-Forwarded-Uri', path], ['X-Forwarded-Proto', 'https'], ['X-Real-IP', '::1'], ['Forwarded', 'for=127.0.0.1;host=localhost']] }),
  () => ({
    headers: [['X-Forwarded-Host', 'localhost'], ['X-Custom-IP-Authorization', '127.0.0.1'], ['Cookie', 'access_token=x; session=admin']],
  }),
  (path) => ({ headers: [['Referer', path], ['Origin', 'http://localhost'], ['Access-Control-Request-Method', 'GET'], [
    'Access-Control-Request-Headers', 'authorization',
  ]] }),
  () => ({ headers: [['Host', 'other'], ['Host', 'localhost']], isAlone: true }),
  (path) => ({ headers: [['Host', `localhost${path}`]] }),
  () => ({ headers: [['Accept', '*/*'], ['Content-Type', 'application/json'], ['Range', 'bytes=0-'], ['If-None-Match', '*']] }),
  () => ({ headers: [['Proxy-Authorization', 'Bearer x'], ['X-Authorization', 'Bearer x'], ['Authentication', 'Bearer x']] }),
  () => ({
    headers: [['Content-Length', '62']], body: 'GET /shop/list HTTP/1.1\r\nHost: a\r\nX-Fuzz-Id: smuggled\r\n\r\n'.padEnd(62, ' '),
  }),
  () => ({ headers: [['Transfer-Encoding', 'chunked']], body: '5\r\nhello\r\n0\r\n\r\n' }),
  () => ({ headers: [
    ['Transfer-Encoding', 'chunked'], ['Content-Length', '5'],
  ], body: '0\r\n\r\nGET /shop/list HTTP/1.1\r\nHost: a\r\nX-Fuzz-Id: smuggled\r\n\r\n', isBroken: true, isAlone: true }),
  () => ({ headers: [['Content-Length', '1'], ['Content-Length', '2']], body: 'ab', isBroken: true, isAlone: true }),
  () => ({ headers: [['Bad Name', 'x']], isBroken: true, isAlone: true }),
  () => ({ headers: [['Connection', 'close']], isAlone: true }),
  () => ({ headers: [['Connection', 'X-Fuzz-Id, Authorization, keep-alive']] }),
  () => ({
    headers: [['Connection', 'Upgrade'], ['Upgrade', 'websocket'], ['Sec-WebSocket-Version', '13']], isUpgrade: true, isAlone: true,
  }),
  () => ({
    headers: [['Connection', 'Upgrade, HTTP2-Settings'], ['Upgrade', 'h2c'], ['HTTP2-Settings', 'AA']], isUpgrade: true, isAlone: true,
  }),
];

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const oddMethods = ['TRACE', 'PROPFIND', 'PURGE', 'SEARCH', 'LOCK', 'MKCOL', 'M-SEARCH', 'COPY'];
const noMethods = ['get', 'Get', 'FOO', 'CONNECT', 'GETS', 'G\u0000T', 'PRI'];
const queries = ['?x=1', '?', '??', '?a=/../b&c=%zz', '?/shop/list', '?#', '?x#y', '?_method=DELETE', '?access_token=x', '?;'];
const schemes = ['bearer ', 'Bearer  ', 'BEARER '];

/** Creates the next request: a URL of the host, well or badly spelled, with random headers, method and body. */
export function createRequests(random: Random, { urls, otherUrls, tokens }: RequestDeps): (id: number) => FuzzRequest {
  const names = Object.keys(tokens);
  const patterns = [...urls.map(({ url }) => url), ...otherUrls];

  function authorizationOf(name: string | null): { headers: [string, string][]; token: string | null } {
    const own = random.below(100);
    const text = name === null ? '' : tokens[name] ?? '';
    if (name === null || own < 2) return { headers: [], token: null };
    if (own < 4) return { headers: [['Authorization', `Bearer ${text}`], ['authorization', `Bearer ${text}`]], token: null };
    if (own < 6) return { headers: [['Authorization', random.pick(
      ['Basic eDp5', 'Bearer', `Bearer ${text} x`, `Token ${text}`, text, `Bearer ${text.slice(0, -4)}`, `Bearer ${text}.`],
    )]], token: null };
    return { headers: [['Authorization', `${own < 12 ? random.pick(schemes) : 'Bearer '}${text}`]], token: name };
  }

  return (id) => {
    const { url, methods: served, access } = random.chance(0.93) ? random.pick(urls) : {
      url: random.pick(otherUrls), methods, access: 'simple',
    };
    const isTrue = random.chance(0.45);
    const path = isTrue ? fillIn(url, random) : mutate(fillIn(url, random), random, patterns);
    // In upper case, a letter of latin-1 may leave it, and would be another one on the wire.
    const target = Buffer.from(`${path}${random.chance(0.12) ? random.pick(queries) : ''}`, 'latin1').toString('latin1');
    const roll = random.below(100);
    const method = roll < 78 ? random.pick(served) : roll < 86 ? 'HEAD' : roll < 90 ? 'OPTIONS' : roll < 96 ? random.pick(
      methods,
    ) : roll < 99 ? random.pick(oddMethods) : random.pick(noMethods);
    const oddity: Oddity = random.chance(0.15) ? random.pick(odd)(fillIn(random.pick(patterns), random)) : { headers: [] };
    const bearer = authorizationOf(random.chance(access === 'simple' ? 0.2 : 0.55) ? random.pick(names) : null);
    const isReadable = /^\/[!-~]*$/.test(target) && !noMethods.includes(method);
    const version = random.chance(0.003) ? '1.0' : '1.1';
    const hasHost = oddity.headers.some(([name]) => name === 'Host') || random.chance(0.997);
    return {
      id: String(id), method, target, version, token: bearer.token, body: oddity.body ?? '',
      headers: [...(hasHost && !oddity.headers.some(([name]) => name === 'Host') ? [
        ['Host', 'localhost'] as const,
      ] : []), ['X-Fuzz-Id', String(id)], ...bearer.headers, ...oddity.headers],
      isBroken: oddity.isBroken === true || noMethods.includes(method) || !/^ *[!-\u00ff]+ *$/.test(target),
      isUpgrade: oddity.isUpgrade ?? false,
      isAlone: oddity.isAlone === true || !isReadable || version === '1.0' || !hasHost,
    };
  };
}

/** The target as a server reads it: several spaces around it count as one (RFC 9112 section 3). */
export function readTarget({ target }: FuzzRequest): string {
  return target.replace(/^ +| +$/g, '');
}

/** The bytes of a request, in latin-1. */
export function write({ method, target, version, headers, body }: FuzzRequest): string {
  return [`${method} ${target} HTTP/${version}`, ...headers.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
}
