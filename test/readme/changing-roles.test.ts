import type { GatehouseDeps } from '../../src/gatehouse.types.ts';
import type { Policy } from '../../src/engine/policies/policy.ts';
import type { RoleDeclaration } from '../../src/features/roles/role.types.ts';
import { codeOf, itemsOf } from '../support/answers.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { statusOf } from '../support/school.ts';
import type { BodyAt } from '../support/client/routes.ts';
import { codeBlocks } from './read-pages.ts';

const [wide, narrow, lessRights, lessPermissions] = codeBlocks('docs/guide/changing-roles.md', 'json').map((text) => (
  JSON.parse(text) as unknown)) as [
  RoleDeclaration, RoleDeclaration, BodyAt<'PUT', '/roles/update-rights'>, BodyAt<'PUT', '/roles/update'>]; // as the page has them

const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const bakery = {
  settings, urls: { auth: { '/': [{ name: 'orders', methods: ['GET', 'POST'] }] } },
  permissions: ['read:recipes', 'update:recipes'].map((permission) => ({ permission, description: '' })),
} satisfies Partial<GatehouseDeps>;

/** Starts the bakery with these declared roles, as a later start if there is a database already. */
const start = (roles: readonly RoleDeclaration[], before?: TestGatehouse) => startGatehouse({
  ...bakery, roles, ...(before && { database: before.database }),
  host: (app) => app.get('/orders', (_request, response) => void response.json([])).post('/orders', (_request, response) => {
    response.status(201).json({});
  }),
});

const bakerIn = async ({ superadmin }: TestGatehouse) => (
  itemsOf(await superadmin.get('/roles/load', 200)).find(({ type }) => type === 'baker'));
const allow = (resource: string): Policy => ({ effect: 'allow', actions: ['read'], resources: [resource] });

describe('the page about changing a declared role', () => {
  it('a role whose declaration becomes narrower, stays wide until the calls of the page, and is narrow at every later start', async () => {
    const first = await start([
      { ...wide, name: 'Baker', description: 'Old', inherits: ['admin'], policies: [allow('cakes')] },
      { type: 'helper', rights: ['/orders'] },
    ]);
    const { client } = await first.newUser('baker');
    const answers = ({ origin }: TestGatehouse) => Promise.all(
      ['GET', 'POST'].map((method) => statusOf(origin, client, method, '/orders')),
    );
    expect(await answers(first)).toEqual([200, 201]);

    const second = await start([
      { ...narrow, name: 'Master', description: 'New', inherits: ['user'], isDefault: true, policies: [allow('cakes/7')] },
    ], first);
    expect(await answers(second)).toEqual([200, 201]);
    expect(await bakerIn(second)).toMatchObject({
      permissions: ['read:recipes', 'update:recipes'], policies: [allow('cakes'), allow('cakes/7')], inherits: ['user'],
      name: 'Baker', description: 'Old', isDefault: false,
    });

    await second.superadmin.put('/roles/update-rights', lessRights, 200);
    await second.superadmin.put('/roles/update', lessPermissions, 200);
    expect(await answers(second)).toEqual([200, 403]);
    const third = await start([wide], first);
    expect(await answers(third)).toEqual([200, 403]);
    expect(await bakerIn(third)).toMatchObject({ permissions: ['read:recipes'] });
    // Only the first start has declared this role.
    expect(codeOf(await third.superadmin.delete('/roles/delete?type=helper', 409))).toBe('system-role');
  }, 180_000);
});
