import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Connection } from 'mongoose';
import type { Settings } from '../../src/index.ts';
import { newId } from '../../src/platform/database/new-id.ts';
import { createSigningKeyService } from '../../src/features/signing-keys/signing-key.service.ts';
import { createSharedModels } from '../../src/boot/stores.ts';
import { typ } from '../../src/tokens/verify-token.ts';

const batch = 1_000;

/**
 * Begins a session for each of these users, by whose ids they are listed, as a copy of the one that a login has begun; answers their access tokens.
 *
 * Logins would take minutes. The tokens are signed with the server's own key, and the rights of another user than the one
 * who logged in are read anew when the session is first used.
 */
export async function copySessions(connection: Connection, settings: Settings, token: string, userIds: readonly string[]): Promise<string[]> {
  const stores = createSharedModels(connection);
  const claims = jwt.decode(token, { json: true }) ?? {};
  const model = await stores.sessions.findOne({ tenantId: String(claims['tenant']), _id: String(claims['sid']) }).orFail().lean();
  const keys = createSigningKeyService({ model: stores.signingKeys, secret: settings.keyEncryptionKey, tokenLifetime: settings.accessTokenSeconds * 1_000, clock: Date.now });
  await keys.load();
  const { kid, algorithm, privateKey } = keys.signingKey();

  const sessions = userIds.map((userId) => {
    // A version that nobody has: what was read for the model does not count for others.
    const accessVersion = userId === model.userId ? model.accessVersion : -1;
    return { ...model, _id: newId(), userId, accessVersion, refresh: { current: randomBytes(32).toString('hex'), used: [] } };
  });
  for (let at = 0; at < sessions.length; at += batch) await stores.sessions.insertMany(sessions.slice(at, at + batch));
  return sessions.map(({ _id: sid, userId: sub }) => (
    jwt.sign({ ...claims, sub, sid, jti: randomBytes(16).toString('base64url') }, privateKey, { algorithm, header: { alg: algorithm, kid, typ } })));
}
