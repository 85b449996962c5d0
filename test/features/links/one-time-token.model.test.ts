import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { createOneTimeTokenModel } from '../../../src/features/links/one-time-token.model.ts';
import { makeOneTimeToken } from '../../../src/tokens/one-time-token.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const database = await createDatabase();
const model = createOneTimeTokenModel(database.connection);
const tenantId = 'default';
const record = (userId = 'user-1'): { _id: string; tenantId: string; kind: 'set-up-superadmin'; userId: string; expiresAt: Date } => ({
  _id: makeOneTimeToken(tenantId).hash, tenantId, kind: 'set-up-superadmin', userId, expiresAt: new Date(Date.now() + 60_000),
});

beforeAll(() => buildIndexes([model]));
beforeEach(() => model.deleteMany({ tenantId }));
describe('one-time token model', () => {
  it('indexes, expire tokens and allow one of a kind for a user', async () => {
    const indexes = await model.collection.indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 0 }));
    await model.create(record());
    await model.create(record('user-2'));
    await expect(model.create(record())).rejects.toMatchObject({ code: 11000 });
  });

  it('query without a tenant, is refused', async () => {
    const { _id } = record();
    await expect(model.findOne({ _id })).rejects.toThrow(/tenant/i);
    expect(await model.findOne({ _id, tenantId })).toBeNull();
  });

  it.each([{ token: 'secret' }, { kind: 'other' }, { userId: undefined }])('record with %j, is refused', async (changes) => {
    await expect(Promise.resolve().then(() => model.create({ ...record(), ...changes } as never))).rejects.toThrow();
  });
});
