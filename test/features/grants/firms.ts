import type { Client } from '../../support/client/client.ts';
import { bodyOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { createUserAs, inviteTenant, longPassword } from '../../support/invited-tenant.ts';
import type { InvitedTenant } from '../../support/invited-tenant.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';

export interface Firms {
  readonly server: TestGatehouse;
  readonly mailbox: Mailbox;
  /** Creates a tenant that has a role "finance", which may pay bills; its admin may not. */
  newFirm(): Promise<InvitedTenant>;
  /** Creates a user as this admin and answers the userId. */
  newUser(admin: Client, ...roles: readonly string[]): Promise<string>;
  /** A name that no other call answers. */
  nextName(kind: string): string;
}

const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: longPassword };

/** Starts a Gatehouse in which tests create tenants with an admin and a role that grants more than the admin holds. */
export async function startFirms(): Promise<Firms> {
  const mailbox = await startMailbox();
  const server = await startGatehouse({ settings: testSettings({ ...credentials, SMTP_URL: mailbox.url }) });
  let counter = 0;
  const nextName = (kind: string) => `${kind}${(counter += 1)}`;
  return {
    server, mailbox, nextName,
    async newFirm() {
      const firm = await inviteTenant(server, mailbox, { name: nextName('firm-') });
      await server.superadmin.post(`/roles/create?tenant=${firm.name}`, {
        roleId: 'finance', type: 'finance', rights: [], policies: [{ effect: 'allow', actions: ['pay'], resources: ['bills'] }],
      }, 201);
      return firm;
    },
    newUser: (admin, ...roles) => createUserAs(admin, `${nextName('user')}@example.com`, ...roles),
  };
}

/** The moment this number of hours from now, as the API takes it. */
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

export const rolesOfUser = async (admin: Client, userId: string) => bodyOf(await admin.get(`/admin/load-user/${userId}`, 200)).roles;

export const mayPay = async (client: Client) => bodyOf(
  await client.post('/permissions/check', { checks: [{ action: 'pay', resource: 'bills/1' }] }, 200),
);
