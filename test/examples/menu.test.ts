import { decodeJwt } from 'jose';
import type { PermissionDeclaration } from '../../src/features/policies/policies.types.ts';
import { startNode } from '../readme/run-process.ts';
import type { Running } from '../readme/run-process.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { runsTypeScript } from '../support/typescript.ts';
import { createCaller } from './caller.ts';
import type { Caller } from './caller.ts';

const permissions: PermissionDeclaration[] = ['create', 'update', 'delete'].map(
  (action) => ({ permission: `${action}:items`, description: `To ${action} items.` }),
);
const credentials = { email: 'root@example.com', password: 'a long enough password' };
const settings = testSettings({ SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password });
const soup = { name: 'Soup', price: 4.5 };

/** Somebody who is logged in, and what they call the menu with. */
interface Guest {
  readonly menu: Caller;
  refresh(): Promise<Guest>;
}

describe('the menu', () => {
  let gatehouse: TestGatehouse;
  let menu: Running;
  let origin: string;
  beforeAll(async () => {
    gatehouse = await startGatehouse({ permissions, settings });
    menu = startNode([...runsTypeScript, 'examples/menu/main.ts'], {
      env: { PORT: '0', ISSUER: settings.publicUrl, JWKS_URL: `${gatehouse.origin}/.well-known/jwks.json` },
    });
    [, origin = ''] = await menu.printed(/listens on (http:\S+)/);
  }, 130_000);
  afterAll(async () => {
    await menu.stop('SIGINT');
  });

  function guestOf(answer: unknown): Guest {
    const { access_token: token, refresh_token: refreshToken } = answer as { access_token: string; refresh_token: string };
    return {
      menu: createCaller(origin, token),
      refresh: async () => guestOf((await gatehouse.anonymous.post('/users/refresh', { refresh_token: refreshToken }, 200)).body),
    };
  }
  const logIn = async ({ email, password }: Pick<TestUser, 'email' | 'password'>) => guestOf(
    (await gatehouse.anonymous.post('/users/login', { email, password }, 200)).body,
  );

  let count = 0;
  /** A role of its own for each test, as menu-admin is one. */
  async function newRole(...held: string[]): Promise<string> {
    const type = `menu-admin-${count += 1}`;
    await gatehouse.superadmin.post('/roles/create', { roleId: type, type, rights: [], permissions: held }, 201);
    return type;
  }
  const assign = ({ userId }: TestUser, type: string) => gatehouse.superadmin.post('/roles/assign', { userId, type, mode: 'add' }, 200);

  const forbidden = (required: string) => ({
    type: 'urn:gatehouse:error:permission-missing', title: 'Forbidden', status: 403,
    detail: 'The session does not hold the permission for this: ask a superadmin for a role that does.',
    statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', code: 'permission-missing',
    requestId: expect.any(String) as string, required,
  });

  it('anybody, without a token or with a rubbish one, reads the items and changes none', async () => {
    for (const caller of [createCaller(origin), createCaller(origin, 'rubbish')]) {
      expect((await caller.send('GET /items', undefined, 200)).body).toMatchObject({ items: expect.any(Array) as unknown });
      for (const target of ['POST /items', 'PUT /items/1', 'DELETE /items/1']) await caller.send(target, soup, 401);
    }
  });

  it('user without the role, is answered exactly the 403 of the gate, and with it 201', async () => {
    const ann = await gatehouse.newUser();
    const before = await logIn(ann);
    const { type, body } = await before.menu.send('POST /items', soup, 403);
    expect([type, body]).toEqual(['application/problem+json', forbidden('create:items')]);

    await assign(ann, await newRole('create:items', 'update:items', 'delete:items'));
    const after = await before.refresh();
    const { body: item } = await after.menu.send('POST /items', soup, 201);
    const { id } = item as { id: string };
    expect((await after.menu.send(`PUT /items/${id}`, { name: 'Soup', price: 5 }, 200)).body).toEqual({ id, name: 'Soup', price: 5 });
    expect((await createCaller(origin).send('GET /items', undefined, 200)).body)
      .toMatchObject({ items: expect.arrayContaining([{ id, name: 'Soup', price: 5 }]) as unknown });
    await after.menu.send(`DELETE /items/${id}`, undefined, 204);
    await after.menu.send(`DELETE /items/${id}`, undefined, 404);
  });

  it('permission that is taken from the role, is refused from the next refresh on; until then the token says otherwise', async () => {
    const bob = await gatehouse.newUser(await newRole('create:items'));
    const role = `menu-admin-${count}`;
    const before = await logIn(bob);
    await before.menu.send('POST /items', soup, 201);
    await gatehouse.superadmin.put('/roles/update', { type: role, permissions: ['update:items'] }, 200);
    await before.menu.send('POST /items', soup, 201);
    const after = await before.refresh();
    expect((await after.menu.send('POST /items', soup, 403)).body).toEqual(forbidden('create:items'));
    await after.menu.send('PUT /items/none', soup, 404);
  });

  it('permission that was never granted, is refused with a good token', async () => {
    const carol = await logIn(await gatehouse.newUser(await newRole('create:items', 'update:items')));
    await carol.menu.send('POST /items', soup, 201);
    expect((await carol.menu.send('DELETE /items/none', undefined, 403)).body).toEqual(forbidden('delete:items'));
  });

  it('superadmin, may do everything', async () => {
    const root = await logIn(credentials);
    await root.menu.send('POST /items', soup, 201);
    await root.menu.send('DELETE /items/none', undefined, 404);
  });

  it('body that is no item, or no JSON, is answered by the menu once the guard has let it through', async () => {
    const dave = await logIn(await gatehouse.newUser(await newRole('create:items')));
    await dave.menu.send('POST /items', { name: 'Soup' }, 422);
    expect((await dave.menu.send('POST /items', '{"name":', 400)).body).toMatchObject({ code: 'malformed-body' });
    await createCaller(origin).send('POST /items', '{"name":', 401);
  });

  it('token of a user with the role for a time, ends when the role does', async () => {
    const eve = await gatehouse.newUser();
    const validUntil = new Date(Date.now() + 60_000);
    await gatehouse.superadmin.post(
      '/roles/assign', { userId: eve.userId, type: await newRole('create:items'), mode: 'add', validUntil: validUntil.toISOString() }, 200,
    );
    const { body } = await gatehouse.anonymous.post('/users/login', { email: eve.email, password: eve.password }, 200);
    const { access_token: token, expires_in: seconds } = body;
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp).toBe(Math.floor(validUntil.getTime() / 1000));
    expect(seconds).toBe(exp - iat);
  });
});
