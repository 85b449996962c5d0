import { codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const gatehouse = await startGatehouse();

describe('POST /labels/create', () => {
  it('a new name, is in the list of the tenant; the same again, refused', async () => {
    const role = await gatehouse.newRole('/labels/create', '/labels/load');
    const { client } = await gatehouse.newUser(role);
    const { body: label } = await client.post('/labels/create', { name: 'urgent' }, 201);
    expect(itemsOf(await client.get('/labels/load', 200))).toEqual([label]);
    expect(codeOf(await client.post('/labels/create', { name: 'urgent' }, 409))).toBe('label-exists');
  });
});
