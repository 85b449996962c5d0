import { createSecretKey, randomBytes } from 'node:crypto';
import type { Model, mongo } from 'mongoose';
import { newId } from '../../src/platform/database/queries/new-id.ts';
import { defaultTenantId } from '../../src/platform/database/tenancy/tenant-scope.ts';
import { openRecord } from '../../src/features/signing-keys/signing-key.record.ts';
import { createSharedModels } from '../../src/boot/stores.ts';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import type { TestDatabase } from './gatehouse/database.ts';
import type { NodeEnv } from './weighed-node.ts';

export interface SessionCounts {
  /** How many there are to be in the store. */
  readonly sessions: number;
  /** Of how many the tokens are wanted. Each of these is another user's. */
  readonly tokens: number;
}

const batch = 5_000;

/**
 * Fills the store of a node with sessions, by copying one that lives, and its user; answers access tokens for some of them.
 *
 * The tokens are signed as the node signs its own, with the key that it has stored.
 */
export async function addSessions({ connection }: TestDatabase, env: NodeEnv, { sessions, tokens }: SessionCounts): Promise<string[]> {
  const stores = createSharedModels(connection);
  const [record] = await stores.signingKeys.find().lean();
  const session = await stores.sessions.findOne({ tenantId: defaultTenantId }).orFail().lean();
  const user = await stores.users.findOne({ tenantId: defaultTenantId, _id: session.userId }).orFail().lean();
  if (!record) throw new Error('The node has stored no signing key.');
  const { signing } = await openRecord(record, createSecretKey(Buffer.from(env.KEY_ENCRYPTION_KEY, 'base64')));
  const { sign } = createAccessTokens({
    keys: { signingKey: () => signing, verificationKey: () => undefined },
    issuer: env.PUBLIC_URL, audience: 'gatehouse', lifetimeSeconds: 6_000, toleranceSeconds: 60, clock: Date.now,
  });

  const users = Array.from({ length: tokens }, (_each, index) => {
    const email = `user-${index}@example.com`;
    return { ...user, _id: newId(), email, emailKey: email };
  });
  const some = users.map(({ _id }) => ({ _id: newId(), userId: _id }));
  const store = { users: rawOf(stores.users), sessions: rawOf(stores.sessions) };
  for (let at = 0; at < users.length; at += batch) await store.users.insertMany(users.slice(at, at + batch));
  for (let at = 0; at < sessions; at += batch) {
    await store.sessions.insertMany(Array.from({ length: Math.min(batch, sessions - at) }, (_each, index) => ({
      ...session, _id: newId(), userId: users[(at + index) % users.length]?._id ?? '', ...some[at + index],
      refresh: { current: randomBytes(32).toString('hex'), used: [] },
    })));
  }
  return some.map(({ _id, userId }) => sign({
    sub: userId, sid: _id, acr: '1', amr: ['pwd'], auth_time: Math.floor(Date.now() / 1_000),
    tenant: defaultTenantId, username: userId, roles: [], permissions: [], policies: [], attributes: {},
    notAfter: Infinity,
  }).token);
}

/** Without the checks of each document, which would take longer than the writing. */
function rawOf<T>({ collection }: Model<T>): mongo.Collection<T & { _id: string }> {
  return collection as unknown as mongo.Collection<T & { _id: string }>; // mongoose's own type leaves out what it hands through
}
