import { createServer, createConnection } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, explainFailure } from '../../../src/platform/database/connect.ts';
import { startDatabaseProxy } from '../../support/database-proxy.ts';

describe('connect', () => {
  it('to a server that takes over 500 ms for its first handshakes, waits for it', async () => {
    const target = new URL(process.env['TEST_MONGODB_URI'] ?? '');
    // What comes in the first second is answered late, as by a database that has much to do.
    const began = performance.now();
    const proxy = createServer((socket) => {
      const upstream = createConnection({ host: target.hostname, port: Number(target.port) });
      for (const end of [socket, upstream]) end.on('error', () => { socket.destroy(); upstream.destroy(); });
      upstream.pipe(socket);
      setTimeout(() => socket.pipe(upstream), performance.now() - began < 1_000 ? 700 : 0);
    });
    await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo; // what a server on a port has
    try {
      const connection = await connect(`mongodb://127.0.0.1:${port}/gatehouse_test_slow?directConnection=true`, { silence: 500 });
      expect(connection.readyState).toBe(1);
      expect(performance.now() - began).toBeGreaterThan(500);
      await connection.close();
    } finally {
      proxy.close();
    }
  });

  it('to a server that answers after 3 s, with a silence of 10 s, loses no work though heartbeats are late', async () => {
    const proxy = await startDatabaseProxy(process.env['TEST_MONGODB_URI'] ?? '');
    const connection = await connect(proxy.uri, { silence: 10_000, heartbeatFrequencyMS: 500 });
    try {
      proxy.setLatency(3_000);
      const pings = [0, 1_000, 2_000, 3_000].map(async (delay) => {
        await sleep(delay);
        return (await connection.db?.admin().ping())?.['ok'] as unknown;
      });
      expect(await Promise.all(pings)).toEqual([1, 1, 1, 1]);
    } finally {
      await connection.close();
      await proxy.end();
    }
  });

  it('to a port where nobody listens, gives up within some seconds', async () => {
    const began = performance.now();
    await expect(connect('mongodb://127.0.0.1:1/gatehouse_test_none'))
      .rejects.toThrow(/^The database of MONGODB_URI does not answer \(.*ECONNREFUSED.*\)\. Start it, or correct MONGODB_URI\.$/);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('with a wrong password, says that it is refused, and not that nobody answers', () => {
    const refused = Object.assign(new Error('Authentication failed.'), { name: 'MongoServerError', code: 18 });
    expect(explainFailure(refused)).toMatchObject({
      name: 'StartError',
      message: 'The database of MONGODB_URI refuses the user or the password (Authentication failed). Correct MONGODB_URI.', cause: refused,
    });
    const other = new Error('something else');
    expect(explainFailure(other)).toBe(other);
  });
});
