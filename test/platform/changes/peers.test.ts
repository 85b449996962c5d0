import type { ChangeNotice, Peers } from '../../../src/platform/changes/peers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

// What a Gatehouse tells the other processes of its machine: each committed change, before it is acknowledged.

let server: TestGatehouse;
const told: ChangeNotice[][] = [];
let hold: Promise<void> | undefined;
const peers: Peers = {
  async tell(notices) {
    told.push([...notices]);
    await hold;
  },
  onTold: () => undefined,
};
beforeAll(async () => { server = await startGatehouse({ peers }); });
beforeEach(() => { told.length = 0; });

describe('peers', () => {
  it('a change of a role, is announced with its target and without its content', async () => {
    const type = await server.newRole();
    expect(told).toEqual([
      [{ tenantId: 'default', action: 'role.create', target: { kind: 'role', id: expect.any(String) as string }, policy: true, users: [] }],
    ]);
    await server.superadmin.put('/roles/update-rights', { type, add: ['/admin/load-users'] }, 200);
    expect(told[1]).toMatchObject([{ action: 'role.update-rights', policy: true }]);
  });

  it('a change of a user, names the user', async () => {
    const { userId } = await server.newUserByApi('user');
    expect(told.flat().filter(({ action }) => action === 'user.assign'))
      .toEqual([{ tenantId: 'default', action: 'user.assign', target: { kind: 'user', id: userId }, policy: false, users: [userId] }]);
  });

  it('a change within another tenant, is announced as one of that tenant', async () => {
    await server.superadmin.post('/tenants/create', { name: 'acme', admin: { email: 'boss@acme.example' } }, 201);
    const [notices = [], ...more] = told;
    expect(more).toEqual([]);
    expect(notices.length).toBeGreaterThan(1);
    expect([...new Set(notices.map(({ tenantId }) => tenantId))]).toEqual([expect.not.stringMatching(/^default$/)]);
  });

  it('a preview and a refused change, are not told', async () => {
    await server.superadmin.post(
      '/roles/preview', { method: 'POST', url: '/roles/create', body: { roleId: 'p', type: 'p', rights: [] } }, 200,
    );
    await server.superadmin.post('/roles/create', { roleId: 'r', type: 'r', rights: ['/nowhere'] }, 422);
    expect(told).toEqual([]);
  });

  it('a peer that takes its time, is waited for before the change is acknowledged', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => { release = resolve; });
    let isAcknowledged = false;
    const changing = server.newRole().then(() => { isAcknowledged = true; });
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isAcknowledged).toBe(false);
    hold = undefined;
    release();
    await changing;
  });
});
