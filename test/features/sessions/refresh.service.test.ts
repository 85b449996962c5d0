import { createSecretKey, randomBytes } from 'node:crypto';
import { createKeyedDigest } from '../../../src/platform/keyed-digest.ts';
import type { Actor, Change, ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { createRefresh } from '../../../src/features/sessions/refresh.service.ts';
import type { OpenedSession } from '../../../src/features/sessions/session.types.ts';
import { createSessionModel } from '../../../src/features/sessions/session.model.ts';
import type { Session } from '../../../src/features/sessions/session.model.ts';
import { createSessionStore } from '../../../src/features/sessions/session.store.ts';
import { createRefreshTokens } from '../../../src/tokens/refresh-tokens.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const actor = { tenantId: 'default', userId: null, sessionId: null, ip: null, userAgent: null, requestId: null };
const hour = 3_600_000;

const database = await createDatabase();

/** A stored session whose live token is `token`. `beforeEnd` runs where a reuse is about to end it. */
async function startSession(beforeEnd: (id: string) => Promise<unknown> = () => Promise.resolve()) {
  const model = createSessionModel(database.connection, randomBytes(4).toString('hex'));
  const tokens = createRefreshTokens(createKeyedDigest(createSecretKey(randomBytes(32)), 'test'));
  const { token, hash } = tokens.make('default');
  const state = { now: Date.now() };
  const recorded: Change[] = [];
  const session: Session = {
    _id: 's', kind: 'user', tenantId: 'default', userId: 'ann', rightSetId: 'set', policyVersion: 1, accessVersion: 1,
    createdAt: new Date(state.now),
    expiresAt: new Date(state.now + hour), device: { userAgent: null, ip: null }, refresh: { current: hash, used: [] },
  };
  await model.create(session);
  const refresh = createRefresh({
    store: createSessionStore({ model, clock: () => state.now }), tokens, clock: () => state.now,
    reissue: () => Promise.resolve({} as OpenedSession), // only handed on
    changes: {
      async transact(asking: Actor, work: (tx: ChangeTransaction) => Promise<unknown>) {
        await beforeEnd(session._id);
        // As much of a transaction as the end of a session takes.
        return await work(
          { session: null, actor: asking, record: (change: Change) => recorded.push(change) } as unknown as ChangeTransaction,
        );
      },
    } as never, // no other part of it is used
  });
  return { model, state, recorded, token, tokens, refresh, stored: () => model.findOne({ tenantId: 'default', _id: 's' }).lean() };
}

describe('the exchange of a refresh token', () => {
  it('repeated after 10 s, gives the same successor; 1 ms later, ends the session', async () => {
    const { state, recorded, token, refresh, stored } = await startSession();
    const first = await refresh(actor, token);
    state.now += 10_000;
    expect((await refresh(actor, token)).refreshToken).toBe(first.refreshToken);
    expect(recorded).toEqual([]);
    state.now += 1;
    await expect(refresh(actor, token)).rejects.toMatchObject({ code: 'refresh-token-invalid' });
    expect(recorded).toEqual([{ action: 'session.end-for-reuse', target: { kind: 'session', id: 's' }, users: ['ann'] }]);
    expect(await stored()).toBeNull();
  });

  it('by a reuse of a session that another reuse has just ended, records no second end', async () => {
    const { model, state, recorded, token, refresh } = await startSession((_id) => model.deleteOne({ tenantId: 'default', _id }));
    await refresh(actor, token);
    state.now += hour;
    await expect(refresh(actor, token)).rejects.toMatchObject({ code: 'refresh-token-invalid' });
    expect(recorded).toEqual([]);
  });

  it('of a session with 200 exchanged tokens, forgets the oldest of them alone', async () => {
    const { model, token, tokens, refresh, stored } = await startSession();
    const used = Array.from({ length: 200 }, (_, index) => ({ hash: `old ${index}`, at: new Date() }));
    await model.updateOne({ tenantId: 'default', _id: 's' }, { $set: { 'refresh.used': used } });
    await refresh(actor, token);
    const hashes = (await stored())?.refresh?.used.map(({ hash }) => hash);
    expect(hashes).toEqual([...used.slice(1).map(({ hash }) => hash), tokens.read(token)?.hash]);
  });
});
