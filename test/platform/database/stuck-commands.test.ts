import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { endStuckCommands } from '../../../src/platform/database/stuck-commands.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { idleSockets } from '../../support/idle-sockets.ts';

/** Works as the server does that ends a connection: the socket is gone, and the driver is told in the next turn. */
async function findOnClosed(connection: Connection): Promise<unknown> {
  await connection.db?.admin().ping();
  const sockets = idleSockets(connection);
  expect(sockets.length).toBeGreaterThan(0);
  for (const socket of sockets) socket.destroy();
  return Promise.race([connection.db?.collection('items').find().toArray(), sleep(1_000, 'stuck', { ref: false })]);
}

describe('a command on a connection that was just closed', () => {
  it('waits for ever in the driver alone, which is why this is here', async () => {
    const { connection } = await createDatabase();
    expect(await findOnClosed(connection)).toBe('stuck');
  });

  it('is ended, and a read is repeated on another connection', async () => {
    const { connection } = await createDatabase();
    const stop = endStuckCommands(connection);
    try {
      expect(await findOnClosed(connection)).toEqual([]);
    } finally {
      stop();
    }
  });
});
