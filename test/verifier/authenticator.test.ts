import express from 'express';
import type { Express } from 'express';
import { errorTable } from '../../src/errors/table.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import { requirePermission } from '../../src/host/guards/permission.guard.ts';
import { publicRoute } from '../../src/host/guards/public-route.ts';
import { requireRecentLogin } from '../../src/host/guards/recent-login.guard.ts';
import { requireRoles } from '../../src/host/guards/role.guard.ts';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import type { TokenSubject } from '../../src/tokens/access-token.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';
import { createLogBook, serve } from '../http/route/serve.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { audience, goodSubject, issuer, keyRing, makeEcPair, settingsOf } from '../tokens/forge.ts';
import { startKeyServer } from './key-server.ts';
import type { KeyServer } from './key-server.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

const [first, second] = [makeEcPair(), makeEcPair()];
const minutes = 60_000;

function routes(app: Express): void {
  app.get('/items', publicRoute, (request, response) => void response.json({ for: request.access?.caller.username ?? 'anybody' }));
  app.get('/orders', requirePermission('read:orders'), (request, response) => void response.json({ for: request.access?.caller }));
  app.get('/keys', requireRecentLogin({ seconds: 600 }), (_request, response) => void response.json({ ran: true }));
  app.delete('/orders', requireRoles('chief'), (_request, response) => void response.json({ ran: true }));
}

describe('verifier.authenticator', () => {
  let keys: KeyServer;
  let service: Service;
  let now: number;
  const log = createLogBook();
  beforeEach(async () => {
    now = 1_790_000_000_000;
    log.lines.length = 0;
    keys = await startKeyServer({ first });
    service = await startService({ issuer, audience, jwksUrl: keys.jwksUrl, clock: () => now, logger: log, routes });
  });
  afterEach(async () => {
    await service.close();
    await keys.close();
  });

  const sign = (changes: Partial<TokenSubject> = {}, pair: Record<string, typeof first> = { first }) =>
    createAccessTokens(settingsOf(keyRing(pair), { clock: () => now })).sign(
      { ...goodSubject, permissions: ['read:orders'], policies: [], ...changes },
    ).token;
  const codeOf = async (target: string, token?: string) => ((await service.ask(target, token)).json as { code?: ErrorCode }).code;

  it('good token, tells handlers who is calling', async () => {
    const { status, json } = await service.ask('GET /orders', sign());
    expect(status).toBe(200);
    expect(json).toMatchObject(
      { for: { userId: 'user-1', tenantId: 'default', sessionId: 'session-1', username: 'ada', roles: ['user'], roleTypes: ['user'],
        auth: { amr: ['pwd'], level: 1, at: now - 60_000 } } },
    );
  });

  it('route that needs a recent login, is answered by the time of the login in the token, whenever the token was issued', async () => {
    const of = (age: number) => sign({ auth_time: now / 1_000 - age });
    expect((await service.ask('GET /keys', of(599))).status).toBe(200);
    const { status, json, headers } = await service.ask('GET /keys', of(600));
    expect([status, json]).toEqual([401, expect.objectContaining({ code: 'recent-login-required' })]);
    expect(headers['www-authenticate']).toBe('Bearer error="insufficient_user_authentication", acr_values="1", max_age=600');
    expect(await codeOf('GET /keys')).toBe('token-missing');
    const token = of(0);
    now += 600_000;
    expect(await codeOf('GET /keys', token)).toBe('recent-login-required');
  });

  it('guarded route, without a good token, is answered 401 as the gate does, by the cause', async () => {
    const old = sign();
    const stranger = sign({}, { first: second });
    now += 6_061_000;
    const causes: [ErrorCode, string | undefined][] = [
      ['token-missing', undefined], ['token-malformed', 'rubbish'], ['token-expired', old], ['token-invalid', stranger],
    ];
    for (const [code, token] of causes) {
      const { status, json, headers } = await service.ask('GET /orders', token);
      expect([status, json]).toEqual([401, expect.objectContaining({ code, detail: errorTable[code].detail })]);
      expect(headers['www-authenticate']).toMatch(
        code === 'token-missing' ? /^Bearer realm="gatehouse"$/ : /^Bearer realm="gatehouse", error="invalid_token", error_description="/,
      );
      expect(headers)
        .toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    }
  });

  it('token of a server whose clock is ahead, is good up to the tolerance, and then the answer speaks of clocks', async () => {
    const token = sign();
    now -= 60_000;
    expect((await service.ask('GET /orders', token)).status).toBe(200);
    const [late, exact] = [
      sign(), await startService({ issuer, audience, jwksUrl: keys.jwksUrl, clock: () => now, routes, clockTolerance: 0 }),
    ];
    now -= 1_000;
    expect((await exact.ask('GET /orders', late)).json)
      .toMatchObject({ code: 'token-not-yet-valid', detail: expect.stringContaining('clocks') as string });
    await exact.close();
    now -= 60_000;
    expect(await codeOf('GET /orders', late)).toBe('token-not-yet-valid');
  });

  it('token that ends with its lifetime, is good beyond that by the tolerance; one that ends with an assignment is not', async () => {
    const [whole, cut] = [sign(), sign({ notAfter: now + 100_000 })];
    now += 99_000;
    expect((await service.ask('GET /orders', cut)).status).toBe(200);
    now += 1_000;
    expect(await codeOf('GET /orders', cut)).toBe('token-expired');
    now += 5_900_000 + 59_000;
    expect((await service.ask('GET /orders', whole)).status).toBe(200);
    now += 1_000;
    expect(await codeOf('GET /orders', whole)).toBe('token-expired');
  });

  it.each([301, -1, NaN])('tolerance of %s s, is refused', (clockTolerance) => {
    expect(() => createVerifier({ issuer, clockTolerance })).toThrow('0 to 300');
  });

  it('two tokens, are refused, and neither is believed', async () => {
    const { status, text } = await rawRequest(
      `http://127.0.0.1:${service.port}`, 'GET /orders HTTP/1.1', [`Authorization: Bearer ${sign()}`, 'Authorization: Bearer x'],
    );
    expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([400, 'authorization-repeated']);
  });

  it('guarded route, somebody without the permission or the role, is answered the 403 of the gate', async () => {
    const token = sign({ permissions: ['read:items'] });
    expect((await service.ask('GET /orders', token)).json).toMatchObject(
      { statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', code: 'permission-missing', required: 'read:orders' },
    );
    expect((await service.ask('DELETE /orders', token)).json)
      .toMatchObject({ statusCode: 403, message: 'Forbidden resource', code: 'role-missing', required: 'role chief' });
    expect((await service.ask('DELETE /orders', sign({ roles: ['chief', 'user'] }))).status).toBe(200);
  });

  it('superadmin, has every permission and every role', async () => {
    const token = sign({ permissions: ['manage:*'], roles: ['superadmin'] });
    expect((await service.ask('GET /orders', token)).status).toBe(200);
    expect((await service.ask('DELETE /orders', token)).status).toBe(200);
  });

  it('public route, is served whatever token is sent, and without one asks for no keys', async () => {
    expect((await service.ask('GET /items')).json).toEqual({ for: 'anybody' });
    expect(keys.asked()).toBe(0);
    for (const token of ['rubbish', sign({}, { first: second })]) {
      expect((await service.ask('GET /items', token)).json).toEqual({ for: 'anybody' });
    }
    expect((await service.ask('GET /items', sign())).json).toEqual({ for: 'ada' });
  });

  it('token without its grants, is refused by guards with a code of its own, and only by them', async () => {
    const token = sign({ permissions: Array.from({ length: 400 }, (_, index) => `read:things-${index}`) });
    const { status, json } = await service.ask('GET /orders', token);
    expect([status, json]).toEqual(
      [403, expect.objectContaining({ code: 'grants-not-in-token', detail: expect.stringContaining('POST /permissions/check') as string })],
    );
    expect(await codeOf('DELETE /orders', token)).toBe('grants-not-in-token');
    expect((await service.ask('GET /items', token)).status).toBe(200);
  });

  it('key rotation, a token of the new key is good at once, one of a key that was taken away no longer than ten minutes', async () => {
    const old = sign({ notAfter: Infinity });
    expect((await service.ask('GET /orders', old)).status).toBe(200);
    keys.publish({ first, second });
    const fresh = sign({}, { second });
    expect((await service.ask('GET /orders', fresh)).status).toBe(200);
    keys.publish({ second });
    expect((await service.ask('GET /orders', old)).status).toBe(200);
    now += 10 * minutes;
    expect(await codeOf('GET /orders', old)).toBe('token-invalid');
    expect((await service.ask('GET /orders', fresh)).status).toBe(200);
    expect(keys.asked()).toBe(4); // the name of a key that is known no longer asks once more
  });

  it('many tokens for ten minutes, cost one fetch of the keys', async () => {
    for (let minute = 0; minute < 10; minute += 1) {
      for (let time = 0; time < 5; time += 1) {
        expect((await service.ask('GET /orders', sign({ sub: `user-${minute}-${time}` }))).status).toBe(200);
      }
      now += minutes;
    }
    expect(keys.asked()).toBe(1);
  });

  it('server of the keys away, tokens are verified for ten minutes more, then answered 503, and public routes all along', async () => {
    const token = sign();
    expect((await service.ask('GET /orders', token)).status).toBe(200);
    await keys.close();
    now += 10 * minutes - 1;
    expect((await service.ask('GET /orders', token)).status).toBe(200);
    expect(log.lines).toEqual([]);
    now += 1;
    const { status, json, headers } = await service.ask('GET /orders', token);
    expect([status, headers['retry-after'], json]).toEqual([503, '2', expect.objectContaining({ code: 'keys-unreachable' })]);
    expect(JSON.stringify(json)).not.toContain('127.0.0.1');
    expect(log.lines).toHaveLength(1);
    expect((await service.ask('GET /items', token)).json).toEqual({ for: 'anybody' });
    expect(await codeOf('GET /orders')).toBe('token-missing');
  });

  it('app that was not protected, is not open: every request is answered 503', async () => {
    const closed = await startService({ issuer, jwksUrl: keys.jwksUrl, routes, isProtected: false });
    for (const target of ['GET /items', 'GET /orders', 'GET /nowhere']) {
      expect((await closed.ask(target)).json).toMatchObject({ status: 503, code: 'not-ready' });
    }
    await closed.close();
  });

  it('verifier of one app, mounted in another, opens that one by its own protect alone', async () => {
    const other = express().use(service.verifier.authenticator).get(
      '/items', publicRoute, (_request, response) => void response.end('ran'),
    );
    const server = await serve(other);
    expect((await server.call('GET', '/items')).status).toBe(503);
    service.verifier.protect(other);
    expect((await server.call('GET', '/items')).text).toBe('ran');
    await server.close();
  });
});

describe('createVerifier', () => {
  it.each([
    'gate.example.com', 'https://gate.example.com/', 'https://gate.example.com/auth', '',
  ])('issuer %j, which no PUBLIC_URL is, is refused', (text) => {
    expect(() => createVerifier({ issuer: text })).toThrow('PUBLIC_URL');
  });

  it.each(['keys.json', 'file:///etc/keys.json', 'data:application/json,{}'])('keys at %j, are refused', (jwksUrl) => {
    expect(() => createVerifier({ issuer, jwksUrl })).toThrow('http');
  });
});
