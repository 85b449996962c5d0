import type { Policy } from '../../src/engine/policies/policy.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { recordedRefusal } from './recorded-refusal.ts';

const server = await startGatehouse();
const realm = 'Bearer realm="gatehouse"';
const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';

describe('the gate', () => {
  it('upgrade request, is decided and refused like any other, with the same headers, and recorded', async () => {
    const upgrade = (path: string, ...more: string[]) =>
      rawRequest(server.origin, `GET ${path} HTTP/1.1`, ['Connection: Upgrade', 'Upgrade: websocket', ...more]);
    const { status, headers, text } = await upgrade('/profile/me');
    expect([status, headers.get('www-authenticate'), headers.get('cache-control'), headers.get('x-content-type-options')])
      .toEqual([401, [realm], ['no-store'], ['nosniff']]);
    expect(JSON.parse(text)).toMatchObject({ code: 'token-missing', requestId: headers.get('x-request-id')?.[0] });
    expect((await upgrade('/nowhere')).status).toBe(404);
    // No handler was given for upgrades, so there is nothing behind even a public URL.
    expect((await upgrade('/livez')).status).toBe(404);
    const bob = await server.newUser();
    expect((await upgrade('/roles/load', `Authorization: Bearer ${bob.client.token ?? ''}`)).status).toBe(403);
    expect(await recordedRefusal(server, { code: 'right-missing', userId: bob.userId }))
      .toMatchObject({ url: '/roles/load', ip: '127.0.0.1' });
  });

  it('upgrade request through a proxy, has the client address of a trusted proxy, in conditions and in the record', async () => {
    const inside: Policy = {
      effect: 'allow', actions: ['GET'], resources: ['/live'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }],
    };
    for (const [trusts, statuses] of [[true, [101, 403]], [false, [403, 403]]] as const) {
      const proxied = await startGatehouse({
        settings: testSettings({
          SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', ...(trusts && { TRUST_PROXY: 'loopback' }),
        }),
        urls: { auth: { '/': [{ name: 'live', external: true }] } },
        upgrades: { '/live': (_request, socket) => void socket.end(switched) },
      });
      try {
        const type = await proxied.newRole();
        await proxied.superadmin.put('/roles/update', { type, policies: [inside] }, 200);
        const { client, userId } = await proxied.newUser(type);
        const authorization = `Authorization: Bearer ${client.token ?? ''}`;
        const ask = async (from: string) => (await rawRequest(proxied.origin, 'GET /live HTTP/1.1', [
          'Connection: Upgrade', 'Upgrade: x', authorization, `X-Forwarded-For: ${from}`,
        ])).status;
        expect([await ask('10.1.2.3'), await ask('203.0.113.7')]).toEqual(statuses);
        await proxied.gatehouse.close();
        const ips = await proxied.stores.auditRecords.distinct('ip', { tenantId: 'default', code: 'right-missing', userId });
        expect(ips).toEqual([trusts ? '203.0.113.7' : '127.0.0.1']);
      } finally {
        await proxied.close();
      }
    }
  });
});
