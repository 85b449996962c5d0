import { isClientSecret, makeClientSecret, newClientId, tenantOfClient } from '../../../../src/features/clients/client.secret.ts';
import { AppError } from '../../../../src/errors/errors.ts';
import type { RequestFacts } from '../../../../src/http/route/define-route.ts';
import { createAuthenticateClient } from '../../../../src/features/clients/oauth/authenticate-client.ts';

const { secret, hash } = makeClientSecret();
const known = { _id: newClientId('acme'), tenantId: 'acme', username: 'robot', roles: [], isActive: true, accessVersion: 1 };
const request: RequestFacts = {
  ip: '10.0.0.1', userAgent: '', requestId: 'r', method: 'POST', host: '', url: '/oauth/token', cookie: () => null,
  cookieNames: () => [], rawQuery: () => '', authorization: () => null, headerValues: () => [], peerAddress: () => null,
};

interface World { readonly isActive?: boolean; readonly status?: 'active' | 'suspended'; readonly serves?: boolean }

/** What came of one try, and everything that was asked for it, in order. */
async function tryOf(client_id: string, client_secret: string, { isActive = true, status = 'active', serves = true }: World = {}) {
  const calls: string[] = [];
  const noted: (string | null)[] = [];
  const called = <T>(name: string, value: T) => {
    calls.push(name);
    return Promise.resolve(value);
  };
  const authenticate = createAuthenticateClient({
    tenantOfClient,
    isClientSecret: (given, stored) => {
      calls.push('compare');
      return isClientSecret(given, stored);
    },
    findClient: (tenantId, clientId) => called(
      'find', tenantId === 'acme' && clientId === known._id ? { client: { ...known, isActive }, secretHash: hash } : null,
    ),
    readTenant: (tenantId) => called('tenant', tenantId === 'acme' ? { status } : null),
    serves: () => called('host', serves),
    tryOf: () => () => called('count', { succeeded: () => Promise.resolve(), withdrawn: () => Promise.resolve() }),
    noteFailure: ({ tenantId }, code) => void noted.push(tenantId, code),
  });
  const code = await authenticate(request, { client_id, client_secret }).then(
    () => 'let in', (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
  return { code, calls, noted };
}

const refused = ['find', 'tenant', 'host', 'compare', 'count'];

describe('a client that proves itself', () => {
  it('with the right secret, is let in, and nothing is counted', async () => {
    expect(await tryOf(known._id, secret)).toEqual({ code: 'let in', calls: ['find', 'tenant', 'host', 'compare'], noted: [] });
  });

  it.each([
    ['wrong secret', known._id, 'wrong', {}, 'acme'],
    ['id that nobody has', newClientId('acme'), secret, {}, 'default'],
    ['id of a tenant that nobody has', newClientId('globex'), secret, {}, 'default'],
    ['id without a form', 'made up', secret, {}, 'default'],
    ['disabled client', known._id, secret, { isActive: false }, 'acme'],
    ['suspended tenant', known._id, secret, { status: 'suspended' }, 'acme'],
    ['host of another tenant', known._id, secret, { serves: false }, 'acme'],
  ] as const)('%s, takes the same calls, is refused the same, counted and recorded', async (_what, clientId, given, world, trail) => {
    expect(await tryOf(clientId, given, world)).toEqual({ code: 'client-refused', calls: refused, noted: [trail, 'client-refused'] });
  });

  it('without a secret at all, is refused before anything is asked', async () => {
    expect(await tryOf(known._id, undefined as unknown as string)).toEqual(
      { code: 'client-refused', calls: [], noted: ['default', 'client-refused'] },
    ); // as a form without it is read
  });
});

describe('secrets of clients', () => {
  it('have 256 bits, and differ from any other and from none', () => {
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(makeClientSecret().secret).not.toBe(secret);
    expect(
      [isClientSecret(secret, hash), isClientSecret(`${secret}x`, hash), isClientSecret(secret, undefined), isClientSecret('', undefined)],
    ).toEqual([true, false, false, false]);
  });
});
