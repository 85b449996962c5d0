import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { createProviderSecrets } from '../../src/features/sso/provider.secrets.ts';
import { realmOf } from '../../src/features/sso/realm.ts';
import { newId } from '../../src/platform/database/queries/new-id.ts';
import { connectForge } from '../features/sso/sign-on/forged-company.ts';
import { newChallenge, returnTo, signOnSettings } from '../features/sso/sign-on/company.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { proof } from '../support/proof.ts';
import { startForgingProvider } from '../support/sso/forging-provider.ts';

// Many tenants with a provider each, beside one tenant alone: a login and a gated request take as long, and a provider that hangs is
// noticed by its own tenant alone.

const tenants = proof({ short: 10, ci: 100, full: 500 });
const identitiesOfTenant = proof({ short: 10, ci: 20, full: 100 });
const logins = proof({ short: 10, ci: 60, full: 200 });
const gets = proof({ short: 100, ci: 400, full: 2_000 });
/** How many times as long a login may take. In the full form alone: time depends on what else the machine does. */
const mostTimes = proof({ short: Infinity, ci: Infinity, full: 2 });
const mostTimesOfGet = proof({ short: Infinity, ci: Infinity, full: 1.25 });
const mostTimesBesideHanging = proof({ short: Infinity, ci: Infinity, full: 1.5 });

const settings = { ...signOnSettings(), trustProxy: ['loopback'] };
const gatehouse = await startGatehouse({ settings });
const { stores } = gatehouse;
const forge = await startForgingProvider();
const first = await connectForge(gatehouse, forge);
const realm = realmOf(forge.issuer, 'sub');
let sources = 0;

/** A source of its own for each login, so that no limit is met. */
const nextSource = () => {
  sources += 1;
  return `10.${(sources >> 16) & 255}.${(sources >> 8) & 255}.${sources & 255}`;
};

/** Adds persons to a tenant, each linked to a user, and answers their subjects. */
async function addPersons(tenantId: string, providerId: string, count: number): Promise<string[]> {
  const persons = Array.from({ length: count }, () => ({ userId: newId(), subject: newId() }));
  await stores.users.collection.insertMany(persons.map(({ userId, subject }) => ({
    _id: userId as never, tenantId, email: `${subject}@example.org`, emailKey: `${subject}@example.org`, emailVerified: true,
    roles: ['guest'], isActive: true, hasIdentities: true, accessVersion: 1, version: 1, createdAt: new Date(),
  })));
  await stores.identities.collection.insertMany(persons.map(({ userId, subject }) => ({
    _id: newId() as never, tenantId, userId, providerId, realm, subject, groups: [], values: [], claimsAt: new Date(),
  })));
  return persons.map(({ subject }) => subject);
}

interface Place {
  readonly providerId: string;
  readonly subjects: readonly string[];
}

/** Copies the first tenant, with its roles and its provider, straight into the store. */
async function addTenant(index: number, issuer = forge.issuer): Promise<Place> {
  const tenantId = newId();
  const providerId = `${tenantId}.${newId()}`;
  const tenant = await stores.tenants.findOne({ _id: first.tenantId }).orFail().lean();
  const roles = await stores.roles.find({ tenantId: first.tenantId }).lean();
  const provider = await stores.identityProviders.findOne({ tenantId: first.tenantId, _id: first.providerId }).orFail().lean();
  const sealed = createProviderSecrets(settings.keyEncryptionKey).seal(providerId, { clientSecret: forge.clientSecret });
  const live = provider.live && { ...provider.live, configuration: { ...provider.live.configuration, issuer }, sealed };
  await stores.tenants.collection.insertOne({ ...tenant, _id: tenantId as never, name: `many-${index}-${tenantId}` });
  await stores.roles.collection.insertMany(roles.map((role) => ({ ...role, _id: newId() as never, tenantId })));
  await stores.identityProviders.collection.insertOne({
    ...provider, _id: providerId as never, tenantId, configuration: { ...provider.configuration, issuer }, sealed, ...(live && { live }),
  });
  return { providerId, subjects: await addPersons(tenantId, providerId, identitiesOfTenant) };
}

const ask = (path: string, init: RequestInit = {}) => fetch(gatehouse.origin + path, {
  redirect: 'manual', ...init, headers: { ...init.headers as Record<string, string>, 'X-Forwarded-For': nextSource() },
});

/** A whole login, and its time in ms. */
async function logIn({ providerId, subjects }: Place): Promise<{ readonly took: number; readonly token: string }> {
  const sub = subjects[Math.floor(Math.random() * subjects.length)] ?? '';
  const email = `${sub}@example.org`;
  forge.forge({ claims: (good) => ({ ...good, sub, email }), userinfo: (good) => ({ ...good, sub }) });
  const { codeVerifier, codeChallenge } = newChallenge();
  const began = performance.now();
  const started = await ask(`/sso/start?${new URLSearchParams({ providerId, returnTo, codeChallenge }).toString()}`);
  const cookie = started.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const query = forge.authorize(started.headers.get('location') ?? '');
  const back = await ask(`/sso/callback/${providerId}?${query}`, { headers: { Cookie: cookie } });
  const code = new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? '';
  const body = JSON.stringify({ code, codeVerifier });
  const exchanged = await ask('/users/exchange-code', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const took = performance.now() - began;
  expect(exchanged.status).toBe(200);
  return { took, token: (await exchanged.json() as { access_token: string }).access_token };
}

async function timeLogins(places: readonly Place[], count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) times.push((await logIn(places[index % places.length] as Place)).took);
  return times.sort((one, other) => one - other);
}

async function timeGets(token: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < gets; index += 1) {
    const began = performance.now();
    const { status } = await ask('/profile/me', { headers: { Authorization: `Bearer ${token}` } });
    times.push(performance.now() - began);
    expect(status).toBe(200);
  }
  return quantile(times.sort((one, other) => one - other), 0.5);
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;

/** Takes connections and never answers. */
async function startHanging(): Promise<string> {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref();
  closeLater(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('many tenants with a provider each, log in as fast as one, and one provider that hangs slows down nobody else', async () => {
  const alone: Place = { providerId: first.providerId, subjects: await addPersons(first.tenantId, first.providerId, identitiesOfTenant) };
  await timeLogins([alone], 10);
  const one = quantile(await timeLogins([alone], logins), 0.5);
  const { token } = await logIn(alone);
  const getBefore = await timeGets(token);

  const places = await Promise.all(Array.from({ length: tenants }, (_each, index) => addTenant(index)));
  const many = await timeLogins(places, Math.max(logins, tenants));
  const getAfter = await timeGets((await logIn(alone)).token);

  const hanging = await addTenant(tenants, await startHanging());
  const { codeChallenge } = newChallenge();
  const query = new URLSearchParams({ providerId: hanging.providerId, returnTo, codeChallenge }).toString();
  const stuck = Array.from({ length: 50 }, () => ask(`/sso/start?${query}`));
  const beside = await timeLogins(places, logins);
  expect((await Promise.all(stuck)).map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 503));

  const [p50, p99, p99Beside] = [quantile(many, 0.5), quantile(many, 0.99), quantile(beside, 0.99)];
  console.log(`many providers: ${tenants} tenants, ${tenants * identitiesOfTenant} identities; `
    + `median of a login ${one.toFixed(1)} ms with one, ${p50.toFixed(1)} ms with all; `
    + `p99 ${p99.toFixed(1)} ms, beside a provider that hangs ${p99Beside.toFixed(1)} ms; `
    + `median of a gated GET ${getBefore.toFixed(2)} ms before, ${getAfter.toFixed(2)} ms after`);
  expect(p50 / one).toBeLessThan(mostTimes);
  expect(getAfter / getBefore).toBeLessThan(mostTimesOfGet);
  expect(p99Beside / p99).toBeLessThan(mostTimesBesideHanging);
}, proof({ short: 60_000, ci: 120_000, full: 600_000 }));
