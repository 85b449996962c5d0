import { createDatabase } from '../support/gatehouse/database.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { watchCommands } from '../support/watch-commands.ts';

describe('the seeding', () => {
  it('of an empty database writes each role once; of one that is seeded already, writes nothing', async () => {
    const database = await createDatabase('shared', { monitorCommands: true });
    try {
      const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
      const { during } = watchCommands(database.connection);
      const started = async () => {
        const commands = await during(() => startGatehouse({ connection: database.connection, settings, logsIn: false }));
        return { all: commands, indexes: commands.filter((each) => each.startsWith('createIndexes')) };
      };
      const [first, second] = [await started(), await started()];
      expect(first.all.filter((each) => each === 'insert roles')).toHaveLength(4);
      expect(first.all.filter((each) => each.startsWith('abortTransaction'))).toEqual([]);
      expect(second.all.filter((each) => each.startsWith('insert'))).toEqual([]);
      // One command for all indexes of a collection.
      for (const { indexes } of [first, second]) expect(indexes).toEqual([...new Set(indexes)]);
    } finally {
      await database.drop();
    }
  });
});
