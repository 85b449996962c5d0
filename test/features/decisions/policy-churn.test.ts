import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const server = await startGatehouse();

describe('a session, while policies change without a pause', () => {
  it('is served on each request, by the rights of one moment', async () => {
    const user = await server.newUser(await server.newRole('/admin/load-users'));
    let changing = true;
    const writers = Promise.all(Array.from({ length: 4 }, async () => {
      while (changing) await server.newRole('/admin/load-users');
    }));
    const statuses: number[] = [];
    for (let request = 0; request < 40; request += 1) statuses.push((await user.client.get('/admin/load-users')).status);
    changing = false;
    await writers;
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });
});
