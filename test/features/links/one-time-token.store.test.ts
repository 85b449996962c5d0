import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createRehearsals } from '../../../src/platform/database/rehearsals.ts';
import type { ChangeTransaction } from '../../../src/platform/changes/change.service.ts';
import { createOutboxModel } from '../../../src/platform/changes/outbox.model.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { createOneTimeTokenModel } from '../../../src/features/links/one-time-token.model.ts';
import { createOneTimeTokenStore } from '../../../src/features/links/one-time-token.store.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const { connection } = await createDatabase();
const model = createOneTimeTokenModel(connection);
const tokens = createOneTimeTokenStore(model);
const outbox = createOutboxModel(connection);
const changes = createChangeService({
  rehearsals: createRehearsals(), connection, outbox: createOutboxStore(outbox), clock: Date.now,
  raisePolicyVersion: () => Promise.resolve(), enforceQuota: () => Promise.resolve(), writeAudit: () => Promise.resolve([]),
});

const now = new Date(Date.UTC(2027, 0, 1));
const later = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const expiresAt = later(60_000);
const order = { kind: 'reset-password', userId: 'u1', email: 'ann@example.com', expiresAt } as const;

beforeAll(() => buildIndexes([model, outbox]));
beforeEach(() => model.deleteMany({ tenantId: 'default' }));

function within<T>(work: (tx: ChangeTransaction) => Promise<T>, tenantId = 'default'): Promise<T> {
  return changes.transact(systemActor(tenantId), work);
}

const replace = (changed: object = {}) => within((tx) => tokens.replace(tx, { ...order, ...changed }));
const take = (token: string, at = now, tenantId = 'default') => within(
  (tx) => tokens.take(tx, ['reset-password', 'verify-email'], token, at), tenantId,
);

describe('one-time tokens', () => {
  it('taken, answers its user and the address of its link, once', async () => {
    const token = await replace();
    expect(await take(token)).toMatchObject({ kind: 'reset-password', userId: 'u1', email: 'ann@example.com', tenantId: 'default' });
    expect(await take(token)).toBeNull();
  });

  it('taken in a transaction that fails, is still good', async () => {
    const token = await replace();
    await expect(within(async (tx) => {
      await tokens.take(tx, ['reset-password'], token, now);
      throw new Error('cut off here');
    })).rejects.toThrow('cut off here');
    expect(await take(token)).not.toBeNull();
  });

  it('taken twice at once, is good for one', async () => {
    const token = await replace();
    const taken = await Promise.all([take(token), take(token), take(token)]);
    expect(taken.filter((record) => record !== null)).toHaveLength(1);
  });

  it('found, is not used up', async () => {
    const token = await replace();
    expect(await tokens.find('default', ['reset-password'], token, now)).toMatchObject({ userId: 'u1' });
    expect(await tokens.find('default', ['reset-password'], token, now)).not.toBeNull();
  });

  it('of another kind, tenant or time, is not good', async () => {
    const token = await replace();
    const invitation = await replace({ kind: 'invitation' });
    expect(await take(invitation)).toBeNull();
    expect(await take(token, now, 'other')).toBeNull();
    expect(await take(token, expiresAt)).toBeNull();
    expect(await tokens.find('default', ['verify-email'], token, now)).toBeNull();
    expect(await tokens.find('default', ['reset-password'], token, expiresAt)).toBeNull();
    expect(await take(token, later(59_999))).not.toBeNull();
  });

  it('replaced, is no longer good; those of other kinds and users are', async () => {
    const [old, ofOther, ofKind] = [await replace(), await replace({ userId: 'u2' }), await replace({ kind: 'verify-email' })];
    const fresh = await replace();
    expect([await take(old), await take(fresh), await take(ofOther), await take(ofKind)].map((record) => record?.userId))
      .toEqual([undefined, 'u1', 'u2', 'u1']);
  });

  it('replaced by several at once, leaves one of them good', async () => {
    const made = (await Promise.allSettled(Array.from({ length: 5 }, () => replace()))).flatMap(
      (one) => (one.status === 'fulfilled' ? [one.value] : []),
    );
    expect(made.length).toBeGreaterThan(0);
    const good = await Promise.all(made.map((token) => tokens.find('default', ['reset-password'], token, now)));
    expect(good.filter((record) => record !== null)).toHaveLength(1);
  });

  it('stored, is its hash alone', async () => {
    const token = await replace();
    expect(JSON.stringify(await connection.collection('tokens').find().toArray())).not.toContain(token.split('.')[1]);
  });

  it('dropped, of some kinds or of all, are no longer good', async () => {
    const [reset, verify, ofOther] = [await replace(), await replace({ kind: 'verify-email' }), await replace({ userId: 'u2' })];
    await within((tx) => tokens.dropAllOf(tx, 'u1', ['verify-email']));
    expect(await take(verify)).toBeNull();
    expect(await tokens.find('default', ['reset-password'], reset, now)).not.toBeNull();
    await within((tx) => tokens.dropAllOf(tx, 'u1'));
    expect(await take(reset)).toBeNull();
    expect(await take(ofOther)).not.toBeNull();
  });
});
