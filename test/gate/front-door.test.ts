import type { IncomingMessage } from 'node:http';
import { createRandom } from '../fuzz/random.ts';
import { createFrontDoor, frontDoorGuards, pathOf, readTarget } from '../../src/gate/front-door.ts';

/** What the front door looks at besides the target. */
function requestWith(
  rawHeaders: readonly string[] = [], headers: Readonly<Record<string, string>> = {}, hostname?: string,
): IncomingMessage {
  return { rawHeaders, headers, hostname } as unknown as IncomingMessage;
}

const guardOf = (target: string, request = requestWith(), guards = frontDoorGuards) => createFrontDoor(guards)(
  readTarget(target), request,
)?.name;

/** For each guard, targets that nothing but this guard refuses: take it out, and they are let in. */
const samples: Record<string, readonly string[]> = {
  'too-long': [`/${'a'.repeat(2_048)}`, `/${'a/'.repeat(1_024)}`],
  'not-origin-form': ['*', 'livez', 'host:80', '', '@host', '.'],
  'foreign-character': [
    '/a b', '/a#b', '/a"b', '/<a>', '/{a}', '/a|b', '/a^b', '/a`b', '/[a]', '/\u00e9', '/\u00a0', '/a\t', '/a\u0000', '/\u017f', '/\uff0fa',
  ],
  'foreign-query': ['/a?#', '/a?b#c', '/a?\u00a0', '/a?b=\u00e9', '/a? ', '/a?\t', '/a?\u0000', '/a?\u007f', '/a?\ufeff', '/a??#'],
  backslash: ['/a\\b', '/\\a', '/a\\..\\b', '/a\\'],
  semicolon: ['/a;b', '/;a', '/a;', '/a;v=1/b'],
  'doubled-slash': ['//', '//a', '/a//b', '/a//', '/a///b'],
  'dot-segment': ['/.', '/..', '/./a', '/../a', '/a/.', '/a/..', '/a/./b', '/a/../b', '/a/../../b/'],
  undecodable: ['/%', '/%4', '/%zz', '/a%', '/%C0%AF', '/%C0%80', '/%E0%80%AF', '/%FF', '/%ED%A0%80', '/%C3', '/%C3/%A9', '/%F4%90%80%80'],
  'lower-case-percent': ['/%c3%a9', '/%C3%a9', '/%3b', '/%e2%82%ac', '/a%3Fb%3f'],
  'encoded-unreserved': ['/%41', '/%61dmin', '/%2E%2E/a', '/%2E', '/%5F', '/%7E', '/%2D', '/%30', '/a/%2E%2E/b'],
  'encoded-separator': ['/%2F', '/a%2Fb', '/a%5Cb', '/%5C'],
  'encoded-control': ['/%00', '/a%0A', '/a%0D%0Ab', '/%1F', '/%7F', '/%09', '/a%00.json'],
};

/** One plain spelling each, however odd. */
const plain = [
  '/', '/a', '/a/', '/a/b', '/A/B', '/.well-known/jwks.json', '/...', '/a..b', '/..a', '/a.', '/-', '/~', '/_', '/a:b', '/a@b', '/a,b',
  '/a=b&c', "/o'brien", '/(a)', '/a+b', '/$a!*',
  '/%20', '/%C3%A9', '/%E2%82%AC', '/%F0%9F%98%80', '/%252E%252E', '/%25', '/%3B', '/%3F', '/%23', '/%5B', `/${'a'.repeat(2_047)}`,
  '/a?', '/a?b=c', '/a?//../;\\%zz%2f%00', '/a?b?c', "/o'brien?x", `/a?${'b'.repeat(9_000)}`,
];

describe('the front door', () => {
  it('guards, are exactly those with samples, which none but one refuses', () => {
    expect([...Object.keys(samples), 'repeated-authorization', 'foreign-host'].sort())
      .toEqual(frontDoorGuards.map(({ name }) => name).sort());
    for (const [name, targets] of Object.entries(samples)) {
      for (const target of targets) {
        expect([target, frontDoorGuards.filter((guard) => guard.refuses(readTarget(target), requestWith())).map((guard) => guard.name)])
          .toEqual([target, [name]]);
      }
    }
  });

  it('any guard taken out, lets its samples in', () => {
    for (const [name, targets] of Object.entries(samples)) {
      const others = frontDoorGuards.filter((guard) => guard.name !== name);
      for (const target of targets) {
        expect([target, guardOf(target), guardOf(target, requestWith(), others)]).toEqual([target, name, undefined]);
      }
    }
  });

  it('spellings of several faults at once, are refused', () => {
    const targets = [
      'http://host/a', '//host/a', 'HTTP://a', '/%2e%2e/a', '/%2f', '/..;/a', '/%00%2F', '/a\\..%5c', '/%c0%ae%c0%ae/', '/\u0000', '/.//a',
      '/%u002e', '/a%%20', '/﹒﹒/a', '?', '#', '?/a',
    ];
    for (const target of targets) expect([target, guardOf(target)]).toEqual([target, expect.any(String)]);
  });

  it('random targets of few characters, are refused by the same guard as if each guard looked at them', () => {
    const characters = ['a', '0', '_', '-', '~', '.', '/', '%', '2', 'E', ';', '\\', '?', ' ', '+', 'é'];
    const random = createRandom(1);
    for (let index = 0; index < 50_000; index += 1) {
      const target = `/${Array.from({ length: random.below(8) }, () => random.pick(characters)).join('')}`;
      const one = frontDoorGuards.find((guard) => guard.refuses(readTarget(target), requestWith()));
      if (guardOf(target) !== one?.name) expect([target, guardOf(target)]).toEqual([target, one?.name]);
    }
    expect(guardOf(`/${'a'.repeat(2_048)}`)).toBe('too-long');
  });

  it('plain spellings, pass', () => {
    for (const target of plain) expect([target, guardOf(target)]).toEqual([target, undefined]);
  });

  it('refusals of the target, are one code; of the header, another', () => {
    expect(new Set(frontDoorGuards.map(({ code }) => code)))
      .toEqual(new Set(['target-not-plain', 'authorization-repeated', 'host-not-plain']));
  });

  it('two Authorization headers, in any letter case, are refused by one guard alone', () => {
    const twice = requestWith(['Host', 'a', 'Authorization', 'Bearer a', 'X-Authorization', 'b', 'AUTHORIZATION', 'Bearer a']);
    expect(guardOf('/a', twice)).toBe('repeated-authorization');
    expect(guardOf('/a', twice, frontDoorGuards.filter(({ name }) => name !== 'repeated-authorization'))).toBeUndefined();
    // A value that reads like the name is no second header.
    expect(guardOf('/a', requestWith(['Authorization', 'authorization', 'X', 'Authorization']))).toBeUndefined();
  });

  it('a host that no host is called, is refused by one guard alone, whatever its port', () => {
    const at = (host: string) => requestWith(['Host', host], { host });
    const long = `${'a.'.repeat(126)}b`;
    const foreign = [
      `${long}c`, `${long}.c`, `${'a'.repeat(64)}.example`, 'a b', 'a/b', 'a@b', 'a,b', 'a%2eb', 'a..b', '.a', 'b\u00fccher.example', 'a:b',
      'a:80:80', '[::1', '[a.example]', '*', 'a\\b', '\u00a0',
    ];
    for (const host of foreign) {
      expect([host, guardOf('/a', at(host)), guardOf('/a', at(`${host}:80`))]).toEqual([host, 'foreign-host', 'foreign-host']);
    }
    expect(guardOf('/a', at('a b'), frontDoorGuards.filter(({ name }) => name !== 'foreign-host'))).toBeUndefined();
    for (const host of ['', 'a', 'A.Example', 'a.example.', long, `${'a'.repeat(
      63,
    )}.example`, 'my_service', '127.0.0.1', '[::1]', '[2001:db8::1]', 'xn--bcher-kva.example']) {
      expect([host, guardOf('/a', at(host)), guardOf('/a', at(`${host}:8080`))]).toEqual([host, undefined, undefined]);
    }
  });

  it('the host that a proxy tells, is held to the same only where the app believes the proxy', () => {
    const behind = (hostname: string | undefined) => requestWith([], { host: 'a', 'x-forwarded-host': 'a b' }, hostname);
    expect([guardOf('/a', behind('a b')), guardOf('/a', behind('a')), guardOf('/a', behind(undefined))])
      .toEqual(['foreign-host', undefined, undefined]);
  });

  it('readTarget and pathOf, split at the first question mark', () => {
    expect([readTarget('/a?b?c'), readTarget('/a'), readTarget('/a?'), pathOf('/a?b'), pathOf('?'), pathOf('')])
      .toEqual([{ path: '/a', query: 'b?c' }, { path: '/a', query: '' }, { path: '/a', query: '' }, '/a', '', '']);
  });
});
