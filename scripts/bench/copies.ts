import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Connection } from 'mongoose';
import type { Settings } from '../../src/index.ts';
import { newId } from '../../src/platform/database/queries/new-id.ts';
import { createSigningKeyService } from '../../src/features/signing-keys/signing-key.service.ts';
import { createSigningKeyStore } from '../../src/features/signing-keys/signing-key.store.ts';
import { createSharedModels } from '../../src/boot/stores.ts';
import type { Models } from '../../src/boot/stores.ts';
import { typ } from '../../src/tokens/verify-token.ts';
import { call } from './requests.ts';
import { password } from './servers/gatehouse-server.ts';

const tenantId = 'default';
/** The user whose copies {@link createUserCopier} makes. */
export const modelUser = { email: 'model@example.com', password };

/** Creates one user by a request, and returns a function that makes documents of users like it, with the same password and hash. */
export async function createUserCopier(stores: Models, origin: string, root: string) {
  const { userId } = await call('POST', `${origin}/admin/create-user`, modelUser, root);
  const model = await stores.users.findOne({ tenantId, _id: String(userId) }).select('+password').orFail().lean();
  return <T extends object>(email: string, fields: T) => (
    { ...model, _id: newId(), email, emailKey: email, emailVerified: true, ...fields });
}

/** A new refresh token that nobody knows. */
export function unknownRefresh() {
  return { current: randomBytes(32).toString('hex'), used: [] };
}

/** Models many rows, `size` at a time. */
export async function inBatches<T>(rows: readonly T[], insert: (rows: T[]) => Promise<unknown>, size = 1_000): Promise<void> {
  for (let at = 0; at < rows.length; at += size) await insert(rows.slice(at, at + size));
}

/**
 * Begins a session for each of these users, as a copy of the session of `token`; resolves with their access tokens.
 *
 * Logins would take minutes. The tokens are signed with the server's own key. The grants of a user are read when the
 * session is first used.
 */
export async function copySessions(
  connection: Connection, settings: Settings, token: string, userIds: readonly string[],
): Promise<string[]> {
  const stores = createSharedModels(connection);
  const claims = jwt.decode(token, { json: true }) ?? {};
  const model = await stores.sessions.findOne({ tenantId: String(claims['tenant']), _id: String(claims['sid']) }).orFail().lean();
  const keys = createSigningKeyService({
    store: createSigningKeyStore(stores.signingKeys), secret: settings.keyEncryptionKey,
    tokenLifetime: settings.accessTokenSeconds * 1_000, clock: Date.now,
  });
  await keys.load();
  const { kid, algorithm, privateKey } = keys.signingKey();

  const sessions = userIds.map((userId) => {
    // A version that no user has: the grants of the model's user are not those of others.
    const accessVersion = userId === model.userId ? model.accessVersion : -1;
    return { ...model, _id: newId(), userId, accessVersion, refresh: unknownRefresh() };
  });
  await inBatches(sessions, (rows) => stores.sessions.insertMany(rows));
  return sessions.map(({ _id: sid, userId: sub }) => {
    const jti = randomBytes(16).toString('base64url');
    return jwt.sign({ ...claims, sub, sid, jti }, privateKey, { algorithm, header: { alg: algorithm, kid, typ } });
  });
}
