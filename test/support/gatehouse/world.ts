import { randomBytes } from 'node:crypto';
import { bodyOf } from '../answers.ts';
import type { Client } from '../client/client.ts';
import type { AnswerAt, BodyAt } from '../client/routes.ts';
import { standardPassword as password } from '../test-pool.ts';
import type { createUserWriter } from './user-writer.ts';

export interface TestUser {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly client: Client;
}

export type RoleContent = Partial<BodyAt<'POST', '/roles/create'>>;
export type GroupContent = Partial<BodyAt<'POST', '/groups/create'>>;
export type TenantContent = Partial<BodyAt<'POST', '/tenants/create'>>;

/** A tenant, with an admin of it who is logged in. */
export interface TestTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly admin: TestUser;
}

/** Builds what tests are about; each thing has a name of its own. */
export interface World {
  /**
   * Writes a user with these roles (role types; guest alone by default) into the database, logs in, and answers a client of theirs.
   *
   * Nothing is recorded, announced or mailed of it. Where that matters, take `newUserByApi`.
   */
  newUser(...roles: readonly string[]): Promise<TestUser>;
  /** The same by POST /admin/create-user and POST /roles/assign. */
  newUserByApi(...roles: readonly string[]): Promise<TestUser>;
  /** Creates a role with these rights and answers its type. */
  newRole(...rights: BodyAt<'POST', '/roles/create'>['rights']): Promise<string>;
  /** Creates a role with permissions, policies, parents or rights, and answers its type. */
  newRoleWith(content: RoleContent): Promise<string>;
  newGroup(content?: GroupContent): Promise<AnswerAt<'POST', '/groups/create', 201>>;
  newTenant(content?: TenantContent): Promise<TestTenant>;
}

export interface WorldDeps {
  readonly anonymous: Client;
  readonly superadmin: Client;
  readonly writeUser: ReturnType<typeof createUserWriter>;
  /** False: another Gatehouse builds on the same database, so names must differ from its. */
  readonly isAlone: boolean;
}

export function createWorld({ anonymous, superadmin, writeUser, isAlone }: WorldDeps): World {
  const suffix = isAlone ? '' : `-${randomBytes(4).toString('hex')}`;
  let counter = 0;
  const nextName = (kind: string) => `${kind}${(counter += 1)}${suffix}`;
  const loggedIn = async (userId: string, email: string, tenant?: string): Promise<TestUser> => (
    { userId, email, password, client: await anonymous.logIn(email, password, tenant) });

  async function newRoleWith(content: RoleContent): Promise<string> {
    const type = nextName('role');
    await superadmin.post('/roles/create', { roleId: type, type, rights: [], ...content }, 201);
    return type;
  }

  return {
    async newUser(...roles) {
      const email = `${nextName('user')}@example.com`;
      return loggedIn(await writeUser({ email, password, roles }), email);
    },
    async newUserByApi(...roles) {
      const email = `${nextName('user')}@example.com`;
      const { userId } = bodyOf(await superadmin.post('/admin/create-user', { email, password }, 201));
      for (const type of roles) await superadmin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
      return loggedIn(userId, email);
    },
    newRole: (...rights) => newRoleWith({ rights }),
    newRoleWith,
    newGroup: async (content = {}) => bodyOf(await superadmin.post('/groups/create', { groupName: nextName('group'), ...content }, 201)),
    async newTenant(content = {}) {
      const name = nextName('tenant');
      const tenant = { name, admin: { email: `first@${name}.test` }, ...content };
      const { tenantId } = bodyOf(await superadmin.post('/tenants/create', tenant, 201));
      const email = `boss@${name}.test`;
      const { userId } = bodyOf(await superadmin.post(`/admin/create-user?tenant=${name}`, { email, password }, 201));
      await superadmin.post(`/roles/assign?tenant=${name}`, { userId, type: 'admin', mode: 'add' }, 200);
      return { tenantId, name, admin: await loggedIn(userId, email, name) };
    },
  };
}
