import { randomBytes, randomInt } from 'node:crypto';
import { isolations } from '../../../src/platform/database/tenancy/tenant-locations.ts';
import type { Isolation } from '../../../src/platform/database/tenancy/tenant-locations.ts';
import type { Answer, Client } from '../../support/client/client.ts';
import { documentedOperations } from '../../support/client/operations.ts';
import type { DocumentedOperation } from '../../support/client/operations.ts';
import { deleteTenant } from '../../support/delete-tenant.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { form, proof } from '../../support/proof.ts';
import { testSettings } from '../../support/test-settings.ts';
import { ownInput, password, populate } from './population.ts';
import type { Population } from './population.ts';
import { isIdName, madeUp, slotsOf, valueIn, withValue } from './slots.ts';
import type { Slot } from './slots.ts';

// Every operation of /openapi.json, with the id of another tenant in each place where an id may stand: no byte of that
// tenant comes back, and the answer is the one that an id gets which nobody has.

interface Caller {
  readonly name: string;
  readonly client: Client;
  readonly own: Population;
}

let server: TestGatehouse;
let operations: DocumentedOperation[];
let callers: Caller[];
let strangers: { readonly kind: string; readonly population: Population }[];
/** Whose ids are tried in a place: in the short form those of one stranger, by turns, else those of all. */
const triedIn = (place: number) => (form === 'short' ? strangers.slice(place % strangers.length).slice(0, 1) : strangers);
/** Whether a caller tries a place: in the short form the admin of a tenant tries all, and the others a quarter each. */
const triesIn = (caller: Caller, place: number): boolean =>
  form !== 'short' || caller.name === 'admin of a tenant' || callers.indexOf(caller) === place % callers.length;
/** A server with tenants that are kept so. */
async function start(isolation: Isolation): Promise<void> {
  const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password, TRUST_PROXY: 'loopback' });
  // A server of its own: the slow local database drops what these calls leave for a minute, and answers nobody meanwhile.
  server = await startGatehouse({ settings, database: 'fast' });
  const home = await populate(server, server.superadmin, { tenantId: 'default', tenantName: 'default' });
  const [own, other, suspended, deleted] = [
    await newTenant(isolation), await newTenant(isolation), await newTenant(isolation), await newTenant(isolation),
  ];
  await server.superadmin.post('/tenants/suspend', { tenantId: suspended.population.tenantId }, 200);
  await deleteTenant(server.superadmin, deleted.population);
  callers = [
    { name: 'nobody', client: server.anonymous, own: own.population },
    {
      name: 'member', client: await server.anonymous.logIn(own.population.email, password, own.population.tenantName), own: own.population,
    },
    { name: 'admin of a tenant', client: own.admin, own: own.population },
    { name: 'superadmin of the platform', client: server.superadmin, own: home },
  ];
  strangers = [{ kind: 'another', population: other.population }, { kind: 'a suspended', population: suspended.population }, {
    kind: 'a deleted', population: deleted.population,
  }];
  operations = await documentedOperations(server.anonymous);
}

async function newTenant(isolation: Isolation): Promise<{ readonly admin: Client; readonly population: Population }> {
  const name = `tenant-${randomBytes(5).toString('hex')}`;
  const email = `boss@${name}.test`;
  const { tenantId } = (await server.superadmin.post(
    '/tenants/create', { name, isolation, admin: { email: `first@${name}.test` } }, 201,
  )).body;
  if (isolation === 'database') server.ownDatabases.add(tenantId);
  const { body } = await server.superadmin.post(`/admin/create-user?tenant=${name}`, { email, password }, 201);
  await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId: body.userId, type: 'admin', mode: 'add' }, 200);
  const admin = await server.anonymous.logIn(email, password, name);
  return { admin, population: await populate(server, admin, { tenantId, tenantName: name }) };
}

interface Input {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What the operation is sent when every id in it is one's own. */
function inputOf({ method, path, parameters = [], requestBody }: DocumentedOperation, own: Population): Input {
  const given = ownInput(own)[`${method} ${path}`];
  const named = Object.fromEntries(
    parameters.filter((each) => each.in === 'path').map(({ name }) => [name, isIdName(name) ? valueIn(own, name) : 'x']),
  );
  const isBody = requestBody !== undefined;
  return { path: named, query: isBody ? {} : (given ?? {}) as Record<string, string>, body: isBody ? given : undefined };
}

/** Every place in which the operation takes an id, with the rest of the request as it should be. */
function placesOf(operation: DocumentedOperation, own: Population): { readonly slot: Slot; readonly input: Input }[] {
  const input = inputOf(operation, own);
  const declared = (operation.parameters ?? []).filter(
    ({ name, in: part }) => part === 'query' && isIdName(name) && !(name in input.query),
  ).map(({ name }) => name);
  const isNamed = (name: string) => !(name === 'roleId' && 'type' in input.query);
  return [
    ...slotsOf(input.path, 'path').map((slot) => ({ slot, input })),
    ...slotsOf(input.query, 'query').map((slot) => ({ slot, input })),
    ...slotsOf(input.body, 'body').map((slot) => ({ slot, input })),
    ...declared.filter(isNamed).flatMap(
      (name) => slotsOf({ [name]: '' }, 'query').map((slot) => ({ slot, input: { ...input, query: { ...input.query, [name]: '' } } })),
    ),
  ];
}

/** A source of its own for each request, so that no limit is met. */
const anySource = () => [10, 1 + randomInt(250), randomInt(250), 1 + randomInt(250)].join('.');

function send(client: Client, { method, path }: DocumentedOperation, input: Input): Promise<Answer> {
  const query = new URLSearchParams(input.query).toString();
  const target = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(input.path[name] ?? ''));
  return client.send(method, query === '' ? target : `${target}?${query}`, {
    ...(input.body !== undefined && { body: input.body }), headers: { 'Accept': 'application/json', 'X-Forwarded-For': anySource() },
  });
}

/** The answer without what differs from one call to the next. */
function comparable({ status, body }: Answer, sent: string): string {
  const text = JSON.stringify(body).replaceAll(JSON.stringify(sent).slice(1, -1), '<sent>');
  return `${status} ${text.replace(/"(?:requestId|reference)":"[^"]*"/g, '').replace(/"version":\d+/g, '').replace(/[0-9a-f]{24}/g, '<id>').replace(
    /\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>',
  )}`;
}

/** Tenants themselves, and what was done in them from here, are the business of superadmins. */
const isTheirBusiness = ({ name }: Caller, { path }: DocumentedOperation): boolean => name.startsWith('superadmin')
  && (path.startsWith('/tenants/') || path.startsWith('/audit/'));

function leaksOf(answer: Answer, { secrets }: Population, sent: string): string[] {
  const text = JSON.stringify(answer.body).replaceAll(sent, '');
  return secrets.filter((secret) => secret !== sent && text.includes(secret));
}

describe.each(isolations)('an id of another tenant, %s', (isolation) => {
  beforeAll(() => start(isolation), 120_000);
  it('appears in no list and no page of a request that names no id', async () => {
    // The first of these tests: later a trail names what was asked for in vain.
    const wrong: string[] = [];
    for (const caller of callers) {
      for (const operation of operations.filter(({ method }) => method === 'GET')) {
        const answer = await send(caller.client, operation, inputOf(operation, caller.own));
        for (const { kind, population } of strangers) {
          const leaks = isTheirBusiness(caller, operation) ? [] : leaksOf(answer, population, '');
          if (leaks.length > 0) wrong.push(
            `${operation.method} ${operation.path}, ${caller.name}: shows ${leaks.join(', ')} of ${kind} tenant`,
          );
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('in any place of any operation, from any caller, gets the answer of an unknown id and shows nothing', async () => {
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    let cases = 0;
    let places = 0;
    const tried = new Set<string>();
    for (const caller of callers) {
      for (const operation of operations) {
        for (const { slot, input } of placesOf(operation, caller.own)) {
          // What a superadmin says of tenants is meant; nobody else may say it.
          if (caller.name.startsWith('superadmin') && (operation.path.startsWith('/tenants/') || slot.name === 'tenant')) continue;
          places += 1;
          if (!triesIn(caller, places)) continue;
          for (const { kind, population } of triedIn(places)) {
            const foreign = valueIn(population, slot.name);
            const random = madeUp(foreign, slot.name);
            const put = (value: string): Input => ({ ...input, [slot.part]: withValue(input[slot.part], slot.at, value) });
            const answer = await send(caller.client, operation, put(foreign));
            const expected = await send(caller.client, operation, put(random));
            const what = `${operation.method} ${operation.path}, ${slot.part} ${slot.at.join('.')} of ${kind} tenant, ${caller.name}`;
            // A cursor is a place in the caller's own list: whatever it was made of, it shows nothing else.
            if (slot.name !== 'cursor' && comparable(answer, foreign) !== comparable(expected, random)) wrong.push(
              `${what}: ${comparable(answer, foreign)} but ${comparable(expected, random)}`,
            );
            const leaks = isTheirBusiness(caller, operation) ? [] : leaksOf(answer, population, foreign);
            if (leaks.length > 0) wrong.push(`${what}: shows ${leaks.join(', ')}`);
            cases += 1;
            tried.add(`${operation.method} ${operation.path}`);
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          }
        }
      }
    }
    console.log(
      `cross-tenant, ${isolation}: ${tried.size} operations with ids of ${operations.length}, ${cases} cases, `
        + `${wrong.length} wrong; answers ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`,
    );
    expect(wrong).toEqual([]);
    expect(tried.size).toBeGreaterThan(40);
  }, proof({ short: 180_000, ci: 600_000, full: 600_000 }));

  it('is tried in every body that takes ids', () => {
    const untried = operations.filter(({ requestBody, method, path }) => {
      const names = [...JSON.stringify(requestBody ?? {}).matchAll(/"(\w+)":\{/g)].map(([, name = '']) => name).filter(
        (name) => isIdName(name) && !['type', 'tenant'].includes(name),
      );
      const own = ownInput(callers[0]?.own as Population); // filled before any test
      // The `resource` of a token exchange is an address, which is always refused.
      return names.length > 0 && path !== '/oauth/token' && !(`${method} ${path}` in own);
    });
    expect(untried.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /users/set-up-superadmin']);
  });
});
