import type { Connection } from 'mongoose';
import { requireReplicaSet } from '../../../src/platform/database/replica-set.ts';

/** A connection whose server describes itself so. */
const connectionTo = (hello: object) => ({
  db: { admin: () => ({ command: () => Promise.resolve({ ok: 1, ...hello }) }) },
}) as unknown as Connection; // all that is asked

describe('a server', () => {
  it('alone, is refused and says what to do', async () => {
    await expect(requireReplicaSet(connectionTo({ isWritablePrimary: true }))).rejects.toMatchObject({
      name: 'StartError', message: expect.stringMatching(/is no replica set.*--replSet rs0.*rs\.initiate\(\)/) as string,
    });
  });

  it.each([['a member of a replica set', { setName: 'rs0' }], ['a mongos', { msg: 'isdbgrid' }]])('%s, is taken', async (_what, hello) => {
    await expect(requireReplicaSet(connectionTo(hello))).resolves.toBeUndefined();
  });
});
