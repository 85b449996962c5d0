import { bodyOf } from './answers.ts';
import type { Client } from './client/client.ts';
import type { BodyAt } from './client/routes.ts';
import type { TestGatehouse } from './gatehouse/start-gatehouse.ts';
import type { Mailbox } from './mailbox.ts';

/** Of every user created here: long enough for tenants that require 30 characters. */
export const longPassword = 'a password that is long enough for all';

export interface InvitedTenant {
  readonly tenantId: string;
  readonly name: string;
  readonly adminId: string;
  readonly adminEmail: string;
  readonly admin: Client;
}

export type InvitedContent = Omit<BodyAt<'POST', '/tenants/create'>, 'admin'>;

/** Creates a tenant whose only user is its first admin, who followed the link of the invitation and logged in. */
export async function inviteTenant(
  { superadmin, anonymous }: TestGatehouse, mailbox: Mailbox, content: InvitedContent,
): Promise<InvitedTenant> {
  const { name } = content;
  const adminEmail = `boss@${name}.test`;
  const { tenantId, adminId } = bodyOf(await superadmin.post('/tenants/create', { ...content, admin: { email: adminEmail } }, 201));
  const { token } = await mailbox.next(adminEmail);
  await anonymous.post('/users/reset-password', { token, password: longPassword }, 200);
  return { tenantId, name, adminId, adminEmail, admin: await anonymous.logIn(adminEmail, longPassword, name) };
}

/** Creates a user as this admin, with roles besides the default ones, and answers the userId. */
export async function createUserAs(admin: Client, email: string, ...roles: readonly string[]): Promise<string> {
  const { userId } = bodyOf(await admin.post('/admin/create-user', { email, password: longPassword }, 201));
  for (const type of roles) await admin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
  return userId;
}
