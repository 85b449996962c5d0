import { createLoginTraceStore } from '../../../../src/features/sso/traces/login-trace.store.ts';
import type { NewTrace } from '../../../../src/features/sso/traces/login-trace.store.ts';
import { bodyOf, codeOf, cursorOf, itemsOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { providerBody } from '../provider-content.ts';

const day = 24 * 60 * 60 * 1_000;
const time = { skew: 0 };
const clock = () => Date.now() + time.skew;
const server = await startGatehouse({ clock });
const traces = createLoginTraceStore({ model: server.stores.loginTraces, clock });
const root = server.superadmin;

async function newTrace(trace: Partial<NewTrace> = {}): Promise<NewTrace> {
  const { providerId } = trace.providerId === undefined
    ? bodyOf(await root.post('/identity-providers/create', providerBody(), 201)) : { providerId: trace.providerId };
  const written: NewTrace = {
    reference: Math.random().toString(16).slice(2), tenantId: 'default', at: new Date(clock()), result: 'failed', code: 'sso-refused',
    steps: [{ step: 'state', ok: true }, { step: 'id-token-audience', ok: false, expected: 'gatehouse', received: 'other' }], ...trace,
    providerId,
  };
  await traces.write(written, ['the-code']);
  return written;
}

describe('the trace of a login', () => {
  it('is found by its reference and its provider, by admins of its tenant alone', async () => {
    const { reference, providerId, steps } = await newTrace();
    const shown = bodyOf(await root.get(`/identity-providers/load-login/${reference}`, 200));
    expect(shown).toMatchObject({ reference, providerId, result: 'failed', code: 'sso-refused', steps });
    expect(itemsOf(await root.get(`/identity-providers/load-logins/${providerId}`, 200))).toEqual([shown]);
    const { admin } = await server.newTenant();
    expect(codeOf(await admin.client.get(`/identity-providers/load-login/${reference}`, 404))).toBe('login-not-found');
    expect(codeOf(await admin.client.get(`/identity-providers/load-logins/${providerId}`, 404))).toBe('provider-not-found');
  });

  it('has no secret of the login', async () => {
    const { reference } = await newTrace({ steps: [{ step: 'token-request', ok: false, received: 'the-code was used' }] });
    const stored = await server.stores.loginTraces.findOne({ tenantId: 'default', _id: reference }).lean();
    expect(stored?.steps).toEqual([{ step: 'token-request', ok: false, received: '[removed] was used' }]);
  });

  it('of many logins, the newest come first, page by page', async () => {
    const { providerId, reference } = await newTrace({ at: new Date(1_900_000_000_000) });
    const second = await newTrace({ providerId, at: new Date(1_900_000_001_000), result: 'passed' });
    const first = await newTrace({ providerId, at: new Date(1_900_000_002_000) });
    const url = `/identity-providers/load-logins/${providerId}?limit=2` as const;
    const page = await root.get(url, 200);
    expect(itemsOf(page).map((each) => each.reference)).toEqual([first.reference, second.reference]);
    const next = await root.get(`${url}&cursor=${cursorOf(page) ?? ''}`, 200);
    expect(itemsOf(next).map((each) => each.reference)).toEqual([reference]);
  });

  it('beyond the newest 500 of its provider, is removed', async () => {
    const { providerId, reference } = await newTrace({ at: new Date(1_000) });
    const rows = Array.from({ length: 499 }, (_, index) => ({
      _id: `many-${index}`, tenantId: 'default', providerId, at: new Date(2_000 + index), order: `000000000002000 ${1_000 + index}`,
      result: 'failed' as const, steps: [], expiresAt: new Date(Date.now() + day),
    }));
    await server.stores.loginTraces.insertMany(rows);
    const count = () => server.stores.loginTraces.countDocuments({ tenantId: 'default', providerId });
    expect(await count()).toBe(500);
    await newTrace({ providerId });
    expect(await count()).toBe(500);
    expect(await server.stores.loginTraces.exists({ tenantId: 'default', _id: reference })).toBeNull();
  });

  it('of 30 days ago, is not shown, even before the database has removed it', async () => {
    const { reference } = await newTrace();
    time.skew = 30 * day - 60_000;
    const later = await server.anonymous.logIn('root@example.com', 'a long enough password');
    await later.get(`/identity-providers/load-login/${reference}`, 200);
    time.skew = 30 * day + 60_000;
    expect(await traces.find('default', reference)).toBeNull();
    time.skew = 0;
  });

  it('of a provider that is deleted, is removed', async () => {
    const { providerId, reference } = await newTrace();
    await root.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
    expect(await traces.find('default', reference)).toBeNull();
  });
});
