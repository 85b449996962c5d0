import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';

describe('drain', () => {
  it('from then on every answer closes its connection, and /readyz is 503', async () => {
    const server = await startGatehouse();
    try {
      const connectionOf = async (path: string, client = server.anonymous) => (await client.get(path)).headers.get('connection');
      const ask = () => Promise.all(
        [connectionOf('/profile/me', server.superadmin), connectionOf('/profile/me'), connectionOf('/nowhere'), connectionOf('/livez')],
      );
      expect(await ask()).toEqual(Array(4).fill('keep-alive'));
      server.gatehouse.drain();
      expect(await ask()).toEqual(Array(4).fill('close'));
      expect(await server.anonymous.get('/readyz', 503)).toMatchObject({ body: { code: 'not-ready' } });
    } finally {
      await server.close();
    }
  });
});
