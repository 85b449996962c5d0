import { bindingChecks } from '../../../../src/features/sso/login/transactions/binding-checks.ts';
import { callbackChecks } from '../../../../src/features/sso/oidc/callback.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import { createLoginStoresInMemory } from '../../../support/sso/login-stores.ts';
import { createLoginWorld, tenantId } from '../../../support/sso/login-world.ts';
import type { CookieJar } from '../../../support/sso/login-world.ts';
import { answerCases, bindingCases } from './browser-cases.ts';
import type { BegunLogin, HostileCase } from './hostile-case.ts';
import { providerCases } from './provider-cases.ts';
import { tokenCases } from './token-cases.ts';

const provider = await startForgingProvider();
const stores = createLoginStoresInMemory();
const world = createLoginWorld({ provider, stores });
const providerId = `${tenantId}.${'a'.repeat(24)}`;
// Those to whose callbacks other cases bring their answers.
for (const other of [`${tenantId}.${'b'.repeat(24)}`, `other.${'a'.repeat(24)}`]) world.putProvider(other);
const cases = [...bindingCases, ...answerCases, ...tokenCases, ...providerCases];

/** Logs in, changed in what the case says. Answers "in", or the step that refused it, with the traces of this login. */
async function logIn({ browser, forge = {}, provider: changes = {} }: Partial<HostileCase>, leftOut?: string) {
  world.putProvider(providerId, changes);
  provider.forge({});
  const begin = async (jar: CookieJar = new Map()) => {
    const begun = await world.begin({ providerId }, jar);
    return { jar: begun.jar, query: provider.authorize(begun.location) };
  };
  const { jar, query } = await begin();
  const cookie = [...jar.keys()][0] ?? '';
  const begun: BegunLogin = { world, provider, providerId, jar, query, cookie, expire: stores.expire, other: begin };
  const returned = await browser?.(begun);
  provider.forge(forge);
  world.traces.length = 0;
  const done = await world.finish(returned?.providerId ?? providerId, { query, jar, ...returned }, leftOut);
  const failed = world.traces.flatMap(({ steps }) => steps.filter(({ ok }) => !ok));
  return { done, failed, traces: [...world.traces], outcome: done.kind === 'refused' ? failed[0]?.step : 'in' };
}

const good = (each: HostileCase): Partial<HostileCase> => ({
  ...each.provider && { provider: each.provider },
  ...each.provider?.configuration?.maxAge !== undefined && {
    forge: { claims: (claims: Readonly<Record<string, unknown>>, { now }: { now: number }) => ({ ...claims, auth_time: now }) },
  },
});

describe('a login through a provider', () => {
  const rows = cases.map((each) => [each.name, each] as const);
  it.each(rows)('%s, is refused at its step, and the good case is not', async (_name, each) => {
    expect((await logIn(good(each))).outcome).toBe('in');
    const { done, failed, traces } = await logIn(each);
    expect(done).toMatchObject({ kind: 'refused', code: 'sso-refused' });
    expect(failed.map(({ step }) => step)).toEqual([each.step]);
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({ tenantId: expect.any(String) as string, result: 'failed', code: 'sso-refused' });
    expect(done.kind === 'refused' && done.reference).toBe(traces[0]?.reference);
    // Without the check of that step it gets in, or meets the second check that the case names.
    expect((await logIn(each, each.step)).outcome).toBe(each.without);
  });

  it('the cases, are at least 120, and no check is without a case that needs it', () => {
    const all = [bindingChecks, ...Object.values(callbackChecks)].flatMap((checks): readonly { readonly step: string }[] => checks);
    const noticed = new Set(cases.filter(({ step, without }) => step !== without).map(({ step }) => step));
    expect(all.map(({ step }) => step).filter((step) => !noticed.has(step))).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(120);
    const table = [...new Set(cases.map(({ step }) => step))].map((step) => {
      const own = cases.filter((each) => each.step === step);
      return `${step}: ${own.length} (${[...new Set(own.map(({ without }) => without))].join(', ')})`;
    });
    console.log(`${cases.length} hostile logins, 0 accepted. Cases by check, and what they meet without it: ${table.join('; ')}`);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});
