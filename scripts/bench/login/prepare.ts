import { createSharedModels } from '../../../src/boot/stores.ts';
import { createUserCopier } from '../copies.ts';
import { jsonRequest } from '../requests.ts';
import type { LoadRequest } from '../requests.ts';
import { password } from '../servers/gatehouse-server.ts';
import type { GatehouseServer } from '../servers/gatehouse-server.ts';

/** Each client logs in as these users of its own, in turn. */
const usersPerClient = 4;

/** Models the users of each client and returns the logins that it sends. */
export async function prepareLogins({ origin, root, connection }: GatehouseServer, clients: number): Promise<LoadRequest[][]> {
  const stores = createSharedModels(connection);
  const copyUser = await createUserCopier(stores, origin, root);
  const emails = Array.from({ length: clients }, (_client, client) => (
    Array.from({ length: usersPerClient }, (_each, user) => `user-${client}-${user}@example.com`)));
  await stores.users.insertMany(emails.flat().map((email) => copyUser(email, {})));
  return emails.map((own, client) => own.map((email) => (
    // Addresses of documentation (RFC 5737), which belong to nobody.
    jsonRequest(`${origin}/users/login`, { email, password }, { 'X-Forwarded-For': `198.51.100.${client + 1}` }))));
}
