import { newId } from '../../../src/platform/database/new-id.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import { password, startGatehouseServer } from '../gatehouse-server.ts';
import type { GatehouseServer } from '../gatehouse-server.ts';
import { bearer } from '../load.ts';
import { post } from '../program.ts';
import { copySessions } from '../sessions.ts';
import { jsonRequest } from './contestant.ts';
import type { Contestant } from './contestant.ts';
import { model } from './model.ts';

/** The stand-alone server. Users ask for themselves, in sessions of their own; the superadmin asks about all of them. */
export async function startGatehouse(mongodbUri: string, workers: number): Promise<Contestant> {
  const server = await startGatehouseServer(mongodbUri, workers, { PASSWORD_COST: '4' });
  try {
    const { userIds, tokens } = await tell(server);
    const url = `${server.origin}/permissions/check`;
    return {
      name: 'gatehouse',
      ask: (shape, questions) => (shape === 'ofAllUsers'
        ? jsonRequest(url, { checks: questions.map(({ user, action, kind }) => ({ userId: userIds[user], action, resource: kind })) }, bearer(server.root))
        : jsonRequest(url, { checks: questions.map(({ action, kind }) => ({ action, resource: kind })) }, bearer(tokens[questions[0]?.user ?? 0] ?? ''))),
      read: (body) => (body as { decisions: { allowed: boolean }[] }).decisions.map(({ allowed }) => allowed), // as its OpenAPI document says
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Roles and users are copies of one that was made by a call each. */
async function tell({ origin, root, connection, settings }: GatehouseServer): Promise<{ readonly userIds: string[]; readonly tokens: string[] }> {
  const stores = createSharedModels(connection);
  const tenantId = 'default';
  // One tenant asks for all, so that the limit of its checks is out of the way.
  await post(`${origin}/tenants/update`, { tenantId, settings: { limits: { checksPerSecond: 1_000_000 } } }, { method: 'PUT', headers: bearer(root) });
  const who = { email: 'model@example.com', password };
  await post(`${origin}/roles/create`, { roleId: 'model', type: 'model', rights: [] }, { headers: bearer(root) });
  const { userId } = await post(`${origin}/admin/create-user`, who, { headers: bearer(root) });
  const role = await stores.roles.findOne({ tenantId, roleId: 'model' }).orFail().lean();
  const user = await stores.users.findOne({ tenantId, _id: String(userId) }).select('+password').orFail().lean();
  await stores.roles.insertMany(model.roles.map(({ name, kinds, actions }) => (
    { ...role, _id: newId(), roleId: name, type: name, name, policies: [{ effect: 'allow', actions, resources: kinds }] })));
  const users = model.users.map(({ name, roles }) => {
    const email = `${name}@example.com`;
    return { ...user, _id: newId(), email, emailKey: email, emailVerified: true, roles };
  });
  await stores.users.insertMany(users);
  const userIds = users.map(({ _id }) => _id);
  const { access_token: token } = await post(`${origin}/users/login`, who);
  return { userIds, tokens: await copySessions(connection, settings, String(token), userIds) };
}
