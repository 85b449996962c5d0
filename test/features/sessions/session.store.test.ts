import { randomBytes } from 'node:crypto';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { createSessionModel } from '../../../src/features/sessions/session.model.ts';
import type { Session } from '../../../src/features/sessions/session.model.ts';
import { createSessionStore } from '../../../src/features/sessions/session.store.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const now = Date.UTC(2027, 0, 1);
const at = (milliseconds: number) => new Date(now + milliseconds);
const database = await createDatabase();
// The store takes these two parts of a transaction; the driver takes null for no session.
const tx = { session: null, actor: systemActor('default') } as unknown as ChangeTransaction;

/** A store with these sessions. */
async function storeOf(...sessions: readonly Partial<Session>[]) {
  const store = createSessionStore({
    model: createSessionModel(database.connection, randomBytes(4).toString('hex')), clock: () => now,
  });
  const full = sessions.map((session, index): Session => ({
    _id: `s${index}`, tenantId: 'default', kind: 'user', userId: 'ann', rightSetId: 'set', policyVersion: 1, accessVersion: 1,
    createdAt: at(-1_000), expiresAt: at(1_000), device: { userAgent: null, ip: null }, ...session,
  }));
  for (const session of full) await store.create(tx, session);
  const idsOf = async (userId: string) => (await store.load('default', { userId }, { limit: 10 })).items.map(({ _id }) => _id);
  return { store, session: full[0] as Session, idsOf }; // every test gives one at least
}

describe('the store of sessions', () => {
  it('create, stores the fields of a session and no others', async () => {
    const { store, session } = await storeOf({ device: { userAgent: 'a browser', ip: '192.0.2.1' } });
    expect(await store.read('default', 's0')).toEqual(session);
  });

  it.each([1, 2, 3] as const)('create, a login of level %d, stores it', async (level) => {
    const auth = { amr: ['pwd'], level, at: at(0) };
    expect((await (await storeOf({ auth })).store.read('default', 's0'))?.auth).toEqual(auth);
  });

  it('create, a session that does not say whether it is of a user or a client, is refused', async () => {
    await expect(storeOf({ kind: undefined } as object)).rejects.toThrow('kind');
  });

  it('load, a session whose time is over, leaves it out', async () => {
    const { idsOf } = await storeOf({ expiresAt: at(1) }, { expiresAt: at(0) }, { userId: 'bob' });
    expect(await idsOf('ann')).toEqual(['s0']);
  });

  it('load, a cursor of another tenant or of another user, is refused', async () => {
    const { store } = await storeOf({}, {});
    const { nextCursor } = await store.load('default', { userId: 'ann' }, { limit: 1 });
    const page = { limit: 1, cursor: nextCursor ?? '' };
    expect((await store.load('default', { userId: 'ann' }, page)).items.map(({ _id }) => _id)).toEqual(['s1']);
    for (const load of [() => store.load('other', { userId: 'ann' }, page), () => store.load('default', { userId: 'bob' }, page)]) {
      await expect(async () => load()).rejects.toMatchObject({ code: 'invalid-input' });
    }
  });

  it('noteSeen, an earlier time than the noted one, changes nothing', async () => {
    const { store, session } = await storeOf({});
    for (const time of [20, 10]) await store.noteSeen(session, at(time));
    expect((await store.read('default', 's0'))?.seenAt).toEqual(at(20));
  });

  it('noteSeen, beside an older session of the same tenant, notes it for the one that was used alone', async () => {
    const { store, session } = await storeOf({}, {});
    await store.noteSeen({ ...session, _id: 's1' }, at(20));
    const stored = await Promise.all(['s0', 's1'].map((id) => store.read('default', id)));
    expect(stored.map((each) => each?.seenAt)).toEqual([undefined, at(20)]);
  });

  it('raiseAuth, raises level and time and adds methods, never lowers, and keeps the provider; of no session, null', async () => {
    const auth = { amr: ['otp'], level: 2 as const, at: at(10), providerId: 'p', identityId: 'i', external: 'e' };
    const { store } = await storeOf({ auth });
    expect((await store.raiseAuth(tx, 's0', { amr: ['pwd'], level: 1, at: at(20) }))?.auth)
      .toEqual({ ...auth, amr: ['otp', 'pwd'], at: at(20) });
    expect((await store.raiseAuth(tx, 's0', { amr: ['pwd'], level: 3, at: at(5) }))?.auth)
      .toEqual({ ...auth, amr: ['otp', 'pwd'], level: 3, at: at(20) });
    expect(await store.raiseAuth(tx, 'none', { amr: ['pwd'], level: 1, at: at(20) })).toBeNull();
  });

  it('exchange, a second time for the same token, is refused; both tokens find the session, and the new one is live', async () => {
    const { store, session } = await storeOf({ refresh: { current: 'first', used: [] } });
    const exchanged = { hash: 'first', at: at(0) };
    expect([await store.exchange(session, exchanged, 'second'), await store.exchange(session, exchanged, 'third')]).toEqual([true, false]);
    const found = await Promise.all(['first', 'second', 'third'].map((hash) => store.findByHash('default', hash)));
    expect(found.map((each) => each?.refresh)).toEqual([...Array<unknown>(2).fill({ current: 'second', used: [exchanged] }), undefined]);
    expect([await store.findByCurrentHash('default', 'first'), (await store.findByCurrentHash('default', 'second'))?._id]).toEqual(
      [null, 's0'],
    );
  });

  it('endAllOpenedBy, a provider, one identity, or one session id of the provider, ends these sessions and no others', async () => {
    const auth = (providerId: string, identityId: string, external: string) => (
      { amr: [], level: 1 as const, at: at(0), providerId, identityId, external });
    const opened = [auth('p', 'i', 'e'), auth('p', 'i', 'f'), auth('p', 'j', 'e'), auth('q', 'i', 'e')];
    const made = () => storeOf({}, ...opened.map((each) => ({ auth: each })));
    for (const [by, left] of [
      [{ providerId: 'p' }, ['s0', 's4']], [{ providerId: 'p', identityId: 'i' }, ['s0', 's3', 's4']],
      [{ providerId: 'p', external: 'e' }, ['s0', 's2', 's4']], [{ providerId: 'none' }, ['s0', 's1', 's2', 's3', 's4']],
    ] as const) {
      const { store, idsOf } = await made();
      await store.endAllOpenedBy(tx, by);
      expect(await idsOf('ann')).toEqual(left);
    }
  });

  it('endOldestOf, more sessions than may stay, keeps the newest and those of others', async () => {
    const { store, idsOf } = await storeOf({ createdAt: at(1) }, { createdAt: at(3) }, { createdAt: at(2) }, { userId: 'bob' });
    await store.endOldestOf(tx, 'ann', 2);
    expect([await idsOf('ann'), await idsOf('bob')]).toEqual([['s1', 's2'], ['s3']]);
  });

  it('end, twice, answers the session once; in another tenant it finds none', async () => {
    const { store } = await storeOf({});
    const elsewhere = { ...tx, actor: systemActor('other') };
    expect([await store.end(elsewhere, 's0'), (await store.end(tx, 's0'))?._id, await store.end(tx, 's0')]).toEqual([null, 's0', null]);
  });
});
