import { newId } from '../../../src/platform/database/queries/new-id.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import { copySessions, createUserCopier, modelUser } from '../copies.ts';
import { bearer, call, jsonRequest } from '../requests.ts';
import { startGatehouseServer } from '../servers/gatehouse-server.ts';
import type { GatehouseServer } from '../servers/gatehouse-server.ts';
import type { Contestant } from './contestant.ts';
import { model } from './model.ts';

/** Starts the stand-alone server. Users ask about themselves, each in a session; the superadmin asks about all of them. */
export async function startGatehouse(mongodbUri: string, workers: number): Promise<Contestant> {
  const server = await startGatehouseServer(mongodbUri, workers, { PASSWORD_COST: '4' });
  try {
    const { userIds, tokens } = await fill(server);
    const url = `${server.origin}/permissions/check`;
    return {
      name: 'gatehouse',
      ask(shape, questions) {
        const isAboutAll = shape === 'ofAllUsers';
        const checks = questions.map(({ user, action, kind }) => (
          { ...(isAboutAll && { userId: userIds[user] }), action, resource: kind }));
        return jsonRequest(url, { checks }, bearer(isAboutAll ? server.root : tokens[questions[0]?.user ?? 0] ?? ''));
      },
      read(body) {
        const { decisions } = body as { decisions: { allowed: boolean }[] }; // as its OpenAPI document says
        return decisions.map(({ allowed }) => allowed);
      },
      stop: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Models the roles and users of the model, as copies of a role and a user that requests created. */
async function fill({ origin, root, connection, settings }: GatehouseServer) {
  const stores = createSharedModels(connection);
  const tenantId = 'default';
  // All questions come from one tenant: without this, the limit of its checks would be measured.
  await call('PUT', `${origin}/tenants/update`, { tenantId, settings: { limits: { checksPerSecond: 1_000_000 } } }, root);
  await call('POST', `${origin}/roles/create`, { roleId: 'model', type: 'model', rights: [] }, root);
  const role = await stores.roles.findOne({ tenantId, roleId: 'model' }).orFail().lean();
  await stores.roles.insertMany(model.roles.map(({ name, kinds, actions }) => (
    { ...role, _id: newId(), roleId: name, type: name, name, policies: [{ effect: 'allow', actions, resources: kinds }] })));
  const copyUser = await createUserCopier(stores, origin, root);
  const users = model.users.map(({ name, roles }) => copyUser(`${name}@example.com`, { roles: [...roles] }));
  await stores.users.insertMany(users);
  const userIds = users.map(({ _id }) => _id);
  const { access_token: token } = await call('POST', `${origin}/users/login`, modelUser);
  return { userIds, tokens: await copySessions(connection, settings, String(token), userIds) };
}
