import { newId } from '../../../src/platform/database/new-id.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import { password } from '../gatehouse-server.ts';
import type { GatehouseServer } from '../gatehouse-server.ts';
import { bearer } from '../load.ts';
import type { LoadRequest } from '../load.ts';
import { post } from '../program.ts';

/** Of each client: one login after the other is of another user of it. */
const usersPerClient = 4;

/** What each client sends; the users are copies of one, with one hash for all. */
export async function prepareLogins({ origin, root, connection }: GatehouseServer, clients: number): Promise<LoadRequest[][]> {
  const stores = createSharedModels(connection);
  const { userId } = await post(`${origin}/admin/create-user`, { email: 'model@example.com', password }, { headers: bearer(root) });
  const model = await stores.users.findOne({ tenantId: 'default', _id: String(userId) }).select('+password').orFail().lean();
  const emails = Array.from({ length: clients }, (_client, client) => Array.from({ length: usersPerClient }, (_each, user) => `user-${client}-${user}@example.com`));
  await stores.users.insertMany(emails.flat().map((email) => ({ ...model, _id: newId(), email, emailKey: email, emailVerified: true })));
  return emails.map((own, client) => own.map((email): LoadRequest => ({
    method: 'POST', url: `${origin}/users/login`, body: JSON.stringify({ email, password }),
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `198.51.100.${client + 1}` }, // RFC 5737: nobody's
  })));
}
