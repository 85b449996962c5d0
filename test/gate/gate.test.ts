import type { IncomingMessage } from 'node:http';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import { resolveRights } from '../../src/engine/grants/right.ts';
import { listUrls } from '../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { createGate } from '../../src/gate/gate.ts';
import type { GateDeps, Verdict } from '../../src/gate/gate.ts';
import { AppError } from '../../src/errors/errors.ts';
import { registryOf, school } from '../engine/registries.ts';

const registry = registryOf(school);

function callerWith(...rights: string[]) {
  const grants = compileGrants(
    registry, { rights: resolveRights(registry, rights, '').rights, policies: [], isSuperadmin: rights.includes('*') },
  );
  return {
    userId: 'u1', tenantId: 'default', sessionId: 's1', username: 'ada', roles: [], roleTypes: [], grants, attributes: { id: 'u1' },
  };
}

function requestFor(method: string, ...rawHeaders: string[]): IncomingMessage {
  const authorization = rawHeaders[rawHeaders.indexOf('Authorization') + 1];
  return {
    method, rawHeaders, socket: {}, headers: rawHeaders.includes('Authorization') ? { authorization } : {},
  } as unknown as IncomingMessage;
}

/** A gate that asks `authenticate` and counts how often. */
function gateWith(identifyCaller: GateDeps['identifyCaller'] = () => Promise.resolve(callerWith()), deps: Partial<GateDeps> = {}) {
  const asked: string[] = [];
  const gate = createGate({
    registry: () => registry,
    clock: () => 0,
    identifyCaller: (token, ...rest) => {
      asked.push(token);
      return identifyCaller(token, ...rest);
    },
    ...deps,
  });
  return { asked, gate, ask: async (method: string, target: string, ...headers: string[]) => summary(
    await gate(requestFor(method, ...headers), target),
  ) };
}

function summary(verdict: Verdict): string {
  if (verdict.kind === 'options') return `options ${verdict.allow.join(',')}`;
  if (verdict.kind === 'pass') return `pass ${verdict.endpoint.method} ${verdict.endpoint.url} ${verdict.caller?.userId ?? 'nobody'}`;
  const { code, extras: { required, allow } } = verdict.error;
  return [code, ...(required ? [required] : []), ...(allow ? [allow.join(',')] : []), verdict.caller?.userId ?? 'nobody'].join(' ');
}

const bearer = ['Authorization', 'Bearer good'];

describe('the gate', () => {
  it('a URL that needs a recent login, is open to logins younger than its seconds and to no others, after the right', async () => {
    const urls = createUrlRegistry(listUrls([{ auth: { '/': [{ name: 'keys', recentLogin: 600 }, 'news'] } }]), () => ['GET', 'POST']);
    const holder = compileGrants(urls, { rights: resolveRights(urls, ['/keys', '/news'], '').rights, policies: [], isSuperadmin: false });
    const now = 10_000_000;
    const askAt = async (path: string, at?: number, grants = holder) => {
      const caller = { ...callerWith(), grants, ...(at !== undefined && { auth: { amr: ['pwd'], level: 1 as const, at } }) };
      const { gate } = gateWith(() => caller, { registry: () => urls, clock: () => now });
      return gate(requestFor('POST', ...bearer), path);
    };
    expect(await askAt('/keys', now - 599_999)).toMatchObject({ kind: 'pass' });
    for (const at of [now - 600_000, now - 601_000, 0, undefined]) {
      expect(await askAt('/keys', at)).toMatchObject({
        kind: 'refused', error: { code: 'recent-login-required', extras: { login: { seconds: 600, level: 1 } } }, caller: { userId: 'u1' },
      });
      expect(await askAt('/news', at)).toMatchObject({ kind: 'pass' });
    }
    const nothing = compileGrants(urls, { rights: [], policies: [], isSuperadmin: false });
    expect(await askAt('/keys', 0, nothing)).toMatchObject({ kind: 'refused', error: { code: 'right-missing' } });
  });

  it('HEAD of a route that refuses it, is not allowed, and HEAD is not among the allowed methods', async () => {
    const once = createUrlRegistry(listUrls([{ simple: { '/': ['once', 'often'] } }]), () => ['GET'], (shape) => shape === '/once');
    const { ask } = gateWith(undefined, { registry: () => once });
    expect(await ask('HEAD', '/once')).toBe('method-not-allowed GET,OPTIONS nobody');
    expect(await ask('OPTIONS', '/once')).toBe('options GET,OPTIONS');
    expect([await ask('GET', '/once'), await ask('HEAD', '/often')]).toEqual(['pass GET /once nobody', 'pass GET /often nobody']);
  });

  it('before the registry is there, refuses everything as not ready and asks nothing', async () => {
    const { ask, asked } = gateWith(undefined, { registry: () => null });
    for (const [method, target] of [
      ['GET', '/'], ['GET', '/users/me'], ['OPTIONS', '/'], ['GET', '//'], ['GET', '/nowhere'],
    ] as const) expect(await ask(method, target, ...bearer)).toBe('not-ready nobody');
    expect(asked).toEqual([]);
  });

  it('simple URL, passes at once and looks at no token', async () => {
    const { ask, asked, gate } = gateWith();
    expect(gate(requestFor('GET'), '/login?x=1')).not.toBeInstanceOf(Promise);
    for (const headers of [[], bearer, ['Authorization', 'rubbish']]) {
      expect(await ask('POST', '/LOGIN/', ...headers)).toBe('pass POST /login nobody');
    }
    expect(await ask('HEAD', '/news')).toBe('pass GET /news nobody');
    expect(asked).toEqual([]);
  });

  it('front door, comes before everything else', async () => {
    const { ask, asked } = gateWith();
    for (const target of [
      '//login', '/nowhere/..', '/users/me;', 'http://a/login', '*',
    ]) for (const method of ['GET', 'OPTIONS', 'TRACE']) expect(await ask(method, target, ...bearer)).toBe('target-not-plain nobody');
    expect(await ask('GET', '/login', ...bearer, ...bearer)).toBe('authorization-repeated nobody');
    expect(asked).toEqual([]);
  });

  it('guards given, are used instead of the front door', async () => {
    expect(await gateWith(undefined, { guards: [] }).ask('GET', '/files//x')).toBe('pass GET /files/*path nobody');
  });

  it('unknown URL, is refused by any method, with and without a token', async () => {
    const { ask, asked } = gateWith();
    for (const method of [
      'GET', 'POST', 'OPTIONS', 'TRACE', 'get', '',
    ]) for (const headers of [[], bearer]) expect(await ask(method, '/nowhere', ...headers)).toBe('unknown-url nobody');
    expect(asked).toEqual([]);
  });

  it('other method, is refused with what is allowed, before any token', async () => {
    const { ask, asked } = gateWith();
    for (const method of ['PUT', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'Get', '']) {
      expect(await ask(method, '/users/me', ...bearer)).toBe('method-not-allowed GET,HEAD,POST,OPTIONS nobody');
    }
    expect(await ask('HEAD', '/roles/create', ...bearer)).toBe('right-missing GET /roles/create u1');
    expect(asked).toHaveLength(1);
  });

  it('OPTIONS, is answered with what is allowed and never passes', async () => {
    const { ask, asked } = gateWith();
    expect([await ask('OPTIONS', '/users/me'), await ask('OPTIONS', '/files/x'), await ask('OPTIONS', '/news', ...bearer)])
      .toEqual(['options GET,HEAD,POST,OPTIONS', 'options GET,HEAD,POST,OPTIONS', 'options GET,HEAD,POST,OPTIONS']);
    expect(asked).toEqual([]);
  });

  it('no bearer token, is refused without asking whose it is', async () => {
    const { ask, asked } = gateWith();
    expect([await ask('GET', '/users/me'), await ask('GET', '/roles/load', 'Authorization', 'Basic x'), await ask(
      'GET', '/users/me', 'Authorization', 'Bearer ',
    )])
      .toEqual(['token-missing nobody', 'token-missing nobody', 'token-malformed nobody']);
    expect(asked).toEqual([]);
  });

  it('a session with the right, passes as its user; without it, is refused by the missing right', async () => {
    const { ask, asked } = gateWith(() => Promise.resolve(callerWith('/users/me')));
    expect([await ask('GET', '/users/me', ...bearer), await ask(
      'HEAD', '/Users/me/', ...bearer,
    ), await ask('GET', '/users/7', ...bearer), await ask('GET', '/roles/load', ...bearer)])
      .toEqual(
        ['pass GET /users/me u1', 'pass GET /users/me u1', 'right-missing GET /users/:userId u1', 'right-missing GET /roles/load u1'],
      );
    expect(asked).toEqual(['good', 'good', 'good', 'good']);
  });

  it('superadmin, passes everywhere', async () => {
    const { ask } = gateWith(() => Promise.resolve(callerWith('*')));
    for (const url of ['/users/me', '/roles/create', '/files/private/x', '/reports/1']) {
      expect(await ask('POST', url, ...bearer)).toMatch(/^pass POST .* u1$/);
    }
  });

  it('authenticate refusing with a code, is that refusal', async () => {
    for (const code of ['token-expired', 'token-invalid', 'session-ended', 'user-disabled', 'database-unreachable'] as const) {
      for (const identifyCaller of [
        () => Promise.reject(new AppError(code)), () => { throw new AppError(code); },
      ]) expect(await gateWith(identifyCaller).ask('GET', '/users/me', ...bearer)).toBe(`${code} nobody`);
    }
  });

  it('authentication that fails with another error, rejects and passes nothing', async () => {
    const failure = new TypeError('down');
    await expect(gateWith(() => Promise.reject(failure)).ask('GET', '/users/me', ...bearer)).rejects.toBe(failure);
  });

  it('a decision that compares much, is counted by that, and a usual one is not counted once more', async () => {
    const spent: [string, number][] = [];
    const decideWith = async (count: number) => {
      const policies = Array.from(
        { length: count }, (_each, number): Policy => ({ effect: 'deny', actions: ['GET'], resources: [`/**/never${number}`] }),
      );
      const caller = { ...callerWith(), grants: compileGrants(registry, { rights: [], policies, isSuperadmin: false }) };
      await gateWith(() => caller, { spend: (...counted) => void spent.push(counted) }).ask('GET', '/users/me', ...bearer);
    };
    for (const count of [0, 10, 500]) await decideWith(count);
    expect(spent).toEqual([['default', 49]]);
  });

  it.each([
    ['acme', 'pass GET /users/me u1'], ['other', 'right-missing GET /users/me u1'],
  ])('policy for the tenant acme, caller of the tenant %s, answers %s', async (tenantId, expected) => {
    const policies: Policy[] = [
      { effect: 'allow', actions: ['GET'], resources: ['/users/me'], conditions: [{ type: 'tenant', value: 'acme' }] },
    ];
    const caller = { ...callerWith(), tenantId, grants: compileGrants(registry, { rights: [], policies, isSuperadmin: false }) };
    expect(await gateWith(() => Promise.resolve(caller)).ask('GET', '/users/me', ...bearer)).toBe(expected);
  });
});
