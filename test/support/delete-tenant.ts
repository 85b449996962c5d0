import type { Client } from './client/client.ts';

/** Suspends a tenant, exports its trail, and deletes it. */
export async function deleteTenant(
  superadmin: Client, { tenantId, tenantName }: { readonly tenantId: string; readonly tenantName: string },
): Promise<void> {
  await superadmin.post('/tenants/suspend', { tenantId }, 200);
  const lines = (await superadmin.get(`/audit/export?tenant=${tenantName}`, 200)).body.trimEnd().split('\n');
  const { digest } = JSON.parse(lines.at(-1) ?? '{}') as { digest: string };
  await superadmin.delete(`/tenants/delete?tenantId=${tenantId}&name=${tenantName}&digest=${digest}`, 204);
}
