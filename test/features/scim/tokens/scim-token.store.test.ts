import { randomBytes } from 'node:crypto';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';
import { newId } from '../../../../src/platform/database/queries/new-id.ts';
import { createScimTokenModel } from '../../../../src/features/scim/tokens/scim-token.model.ts';
import type { ScimToken } from '../../../../src/features/scim/tokens/scim-token.model.ts';
import { createScimTokenStore } from '../../../../src/features/scim/tokens/scim-token.store.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';

const { connection } = await createDatabase();
const now = new Date(Date.now() + 3_600_000); // the database itself deletes what has expired by its own clock
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
// The store takes these two parts of a transaction; the driver takes null for no session.
const txOf = (tenantId: string) => ({ session: null, actor: systemActor(tenantId) }) as unknown as ChangeTransaction;

function newStore() {
  const store = createScimTokenStore(createScimTokenModel(connection, randomBytes(4).toString('hex')));
  connection.deleteModel('ScimToken');
  const create = async (change: Partial<ScimToken> = {}, tenantId = 't') => {
    const tokenId = newId();
    const text = await store.create(txOf(tenantId), {
      tokenId, providerId: 'p1', name: 'Entra', expiresAt: after(60), createdBy: 'ann', createdAt: now, ...change,
    });
    return { tokenId, text };
  };
  return { store, create };
}

describe('the store of SCIM tokens', () => {
  it('a token, is found by its text alone, and its text is not stored', async () => {
    const { store, create } = newStore();
    const { text, tokenId } = await create();
    const found = await store.findLive(text, now);
    expect(found).toMatchObject({ tenantId: 't', tokenId, providerId: 'p1', name: 'Entra', createdBy: 'ann' });
    expect(text).toMatch(/^t\.[\w-]{43}$/);
    expect(JSON.stringify(found)).not.toContain(text.slice(2));
    for (const other of [text.replace('t.', 'u.'), text.slice(0, -1), `${text} `, text.toUpperCase(), found?._id ?? '', '', 't.']) {
      expect(await store.findLive(other, now)).toBeNull();
    }
  });

  it('a token of a transaction that is rolled back, is not there, and one that it removes stays', async () => {
    const { store, create } = newStore();
    const { tokenId, text } = await create();
    const session = await connection.startSession();
    session.startTransaction();
    const within = { ...txOf('t'), session } as ChangeTransaction;
    await store.create(within, {
      tokenId: newId(), providerId: 'p2', name: 'Okta', expiresAt: after(60), createdBy: null, createdAt: now,
    });
    expect([await store.hasLive('t', 'p2', now, session), await store.hasLive('t', 'p2', now)]).toEqual([true, false]);
    await store.remove(within, tokenId);
    expect(await store.find(within, tokenId)).toBeNull();
    await session.abortTransaction();
    await session.endSession();
    expect([await store.hasLive('t', 'p2', now), await store.findLive(text, now) !== null]).toEqual([false, true]);
  });

  it('a token whose time is over, is not found, at the very moment', async () => {
    const { store, create } = newStore();
    const { text } = await create({ expiresAt: after(60) });
    expect([await store.findLive(text, after(59.999)) !== null, await store.findLive(text, after(60)) !== null]).toEqual([true, false]);
    expect([await store.hasLive('t', 'p1', after(59.999)), await store.hasLive('t', 'p1', after(60))]).toEqual([true, false]);
    expect([await store.hasLive('t', 'p2', now), await store.hasLive('u', 'p1', now)]).toEqual([false, false]);
  });

  it('a use, is written once a minute', async () => {
    const { store, create } = newStore();
    const { text } = await create({ expiresAt: after(600) });
    const useAt = async (seconds: number) => {
      const token = await store.findLive(text, now);
      if (token) await store.touch(token, after(seconds));
      return (await store.findLive(text, now))?.lastUsedAt;
    };
    expect([await useAt(1), await useAt(60.999), await useAt(61)]).toEqual([after(1), after(1), after(61)]);
  });

  it('a list, has the tokens of the tenant, of all providers or of one', async () => {
    const { store, create } = newStore();
    const [one, two] = [await create(), await create({ providerId: 'p2' })];
    await create({}, 'u');
    const listed = async (filter: { readonly providerId?: string }) => (
      (await store.load('t', filter, { limit: 10 })).items.map(({ tokenId }) => tokenId));
    expect([await listed({}), await listed({ providerId: 'p2' })]).toEqual([[one.tokenId, two.tokenId], [two.tokenId]]);
    const { nextCursor } = await store.load('t', {}, { limit: 1 });
    expect((await store.load('t', {}, { limit: 1, cursor: nextCursor ?? '' })).items).toMatchObject([{ tokenId: two.tokenId }]);
  });

  it('a removed token, is gone, and so are all of a removed provider, of this tenant alone', async () => {
    const { store, create } = newStore();
    const [one, two, three, foreign] = [await create(), await create(), await create({ providerId: 'p2' }), await create({}, 'u')];
    const live = async () => Promise.all([one, two, three, foreign].map(async ({ text }) => await store.findLive(text, now) !== null));
    await store.remove(txOf('u'), one.tokenId);
    expect(await live()).toEqual([true, true, true, true]);
    await store.remove(txOf('t'), one.tokenId);
    expect([await store.find(txOf('t'), one.tokenId), (await store.find(txOf('t'), two.tokenId))?.tokenId]).toEqual([null, two.tokenId]);
    expect(await live()).toEqual([false, true, true, true]);
    await store.removeAllOfProvider(txOf('t'), 'p1');
    expect(await live()).toEqual([false, false, true, true]);
  });
});
