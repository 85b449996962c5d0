import type { Express } from 'express';
import fc from 'fast-check';
import { configUrls } from '../../../config/configUrls.ts';
import { registeredUrls } from '../../../config/registeredUrls.ts';
import { builtInRoles } from '../../../config/roles.ts';
import { listUrls } from '../../../src/engine/urls/registered-url.ts';
import { checkOptions } from '../../../src/boot/declarations/options.check.ts';
import { createUnconnected } from '../../../src/platform/database/connect.ts';
import type { RoleDeclaration } from '../../../src/features/roles/role.types.ts';
import type { Client } from '../../support/client/client.ts';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const drawn = proof({ short: 150, ci: 1_000, full: 5_000 });
const booted = proof({ short: 1, ci: 8, full: 40 });
const limit = proof({ short: 60_000, ci: 600_000, full: 1_800_000 });

const urls = { auth: { '/host/': ['a', 'b', { name: 'c', methods: ['GET', 'POST'] as const }] } };
const hostUrls = ['/host/a', '/host/b', '/host/c'];
const permissions = ['read:things', 'update:things', 'read:parts'].map((permission) => ({ permission, description: '' }));

function host(app: Express): void {
  for (const url of hostUrls) app.get(url, (_request, response) => void response.json({})).post(
    url, (_request, response) => void response.json({}),
  );
}

const rarely = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<unknown>) => fc.oneof(
  { weight: 60, arbitrary: right }, { weight: 1, arbitrary: wrong },
);
const some = (right: fc.Arbitrary<unknown>, ...wrong: readonly unknown[]) => fc.array(
  rarely(right, fc.constantFrom(...wrong)), { maxLength: 3 },
);
const resource = fc.constantFrom('things', 'things/*', 'parts/7', 'parts/**', '*');
const condition = rarely(fc.constantFrom<unknown>(
  { type: 'tenant', value: 'default' }, { type: 'ip', ranges: ['127.0.0.0/8', '::/0', '0.0.0.0/0'] },
  { type: 'attribute', left: 'subject.id', operator: 'exists' },
), fc.constantFrom<unknown>(
  { type: 'ip', ranges: 'all' }, { type: 'tenant' }, { type: 'attribute', left: 'subject.id', operator: 'is', right: { value: 1 } },
));

/** Roles as somebody writes them: mostly right, each part now and then not; every allow they give holds for its holder. */
const role = fc.record({
  type: rarely(fc.constantFrom('r0', 'r1', 'r2', 'r3', 'r4', 'user', 'admin'), fc.constantFrom('', 'a b', 'superadmin', 7)),
  rights: some(
    fc.oneof(fc.constantFrom(...hostUrls, '/HOST/A/'), fc.record(
      { url: fc.constantFrom(...hostUrls), methods: fc.constantFrom(['GET'], ['POST', 'GET']) },
    )),
    '/host/d', '/roles/create', { url: '/host/a', methods: ['get'] }, { url: '/host/c', methods: ['DELETE'] }, 7,
  ),
  name: rarely(fc.constantFrom('A role'), fc.constantFrom('', 7)),
  description: rarely(fc.constantFrom('', 'About it.'), fc.constant(null)),
  permissions: some(fc.constantFrom(...permissions.map(({ permission }) => permission)), 'raed:things', 'manage:*'),
  policies: some(fc.record({
    effect: rarely(fc.constant('allow'), fc.constantFrom('Allow', 'maybe')),
    actions: some(fc.constantFrom('read', 'update', 'manage'), 'Read').filter((list) => list.length > 0),
    resources: fc.array(resource, { minLength: 1, maxLength: 2 }),
    conditions: fc.array(condition, { maxLength: 2 }),
  }, { requiredKeys: ['effect', 'actions', 'resources'] }), {}, 'read:things'),
  inherits: some(fc.constantFrom('user', 'guest', 'r0', 'r1'), 'r9', 'superadmin', 'User'),
  isDefault: rarely(fc.boolean(), fc.constant('yes')),
}, { requiredKeys: ['type', 'rights'] });
const declaration = fc.uniqueArray(role, { minLength: 1, maxLength: 5, selector: ({ type }) => type });

const connection = createUnconnected();
const settings = testSettings();
const own = { urls: listUrls([registeredUrls, { config: configUrls }]), roles: builtInRoles, permissions: [], attributes: [] };

/** Whether the declaration is taken; throws what is no StartError. */
function isTaken(roles: readonly unknown[]): boolean {
  try {
    checkOptions({ connection, settings, urls, permissions, roles }, own);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StartError') throw error;
    expect(error.message).toMatch(/^\d+ options? of createGatehouse (is|are) wrong:\n( {2}roles\[\d+\].*: .+\n?)+$/);
    return false;
  }
}

/** A call, or an action on a resource. */
type Thing = `${string} ${string}` | `${string}:${string}`;

/** What a role gives by what is declared, read as plainly as possible. */
function givenBy(type: string, roles: readonly RoleDeclaration[], seen = new Set<string>()): Thing[] {
  if (seen.has(type)) return [];
  seen.add(type);
  return [...builtInRoles, ...roles].filter((each) => each.type === type).flatMap((
    { rights, permissions: plain = [], policies = [], inherits = [] },
  ): Thing[] => [
    ...rights.flatMap((right) => callsOf(typeof right === 'string' ? { url: right } : right)),
    ...plain.map((permission) => permission as Thing), // as declared above
    ...policies.flatMap(
      ({ actions, resources }) => actions.flatMap((action) => resources.map((one): Thing => `${action}:${one.replace(/\*+/, '7')}`)),
    ),
    ...inherits.flatMap((parent) => givenBy(parent, roles, seen)),
  ]);
}

function callsOf({ url, methods = ['GET', 'POST'] }: { readonly url: string; readonly methods?: readonly string[] }): Thing[] {
  const path = url.toLowerCase().replace(/\/$/, '');
  return hostUrls.includes(path) ? methods.map((method): Thing => `${method} ${path}`) : [];
}

/** Which of these a user of the server may really use. */
async function usable(origin: string, client: Client, things: readonly Thing[]): Promise<Thing[]> {
  const calls = things.filter((thing) => thing.includes(' '));
  const statuses = await Promise.all(calls.map(async (call) => {
    const [method = '', path = ''] = call.split(' ');
    return (await fetch(origin + path, { method, headers: { Authorization: `Bearer ${client.token ?? ''}` } })).status;
  }));
  const named = things.filter((thing) => !thing.includes(' '));
  const questions = named.map((thing) => ({ action: thing.split(':')[0] ?? '', resource: thing.split(':')[1] ?? '' }));
  const answers = named.length === 0 ? [] : (await client.post('/permissions/check', { checks: questions }, 200)).body.decisions;
  return [...calls.filter((_call, index) => statuses[index] === 200), ...named.filter((_thing, index) => answers[index]?.allowed === true)];
}

describe('declarations, as people write them', () => {
  const all = fc.sample(declaration, { numRuns: drawn, seed: 7 });
  const taken = all.filter(isTaken) as RoleDeclaration[][]; // what is taken has the form

  it('some are taken and some refused, each refusal by name', () => {
    expect([taken.length, all.length - taken.length].every((count) => count > drawn / 10)).toBe(true);
  });

  it('each that is taken boots, and its users log in and use what they were given', async () => {
    let given = 0;
    for (const roles of taken.filter((each) => each.length > 2).slice(0, booted)) {
      const server = await startGatehouse({ host, urls, permissions, roles });
      try {
        for (const type of ['guest', ...roles.map((each) => each.type)]) {
          const { client } = await server.newUser(type);
          const defaults = roles.filter(({ isDefault }) => isDefault).map((each) => each.type);
          const things = [...new Set([type, ...defaults].flatMap((each) => givenBy(each, roles)))].sort();
          given += things.length;
          expect({ roles, type, usable: (await usable(server.origin, client, things)).sort() }).toEqual({ roles, type, usable: things });
        }
      } finally {
        await server.close();
      }
    }
    expect(given).toBeGreaterThan(booted * 5);
  }, limit);
});
