/** Every action that changes something. Audit records and events have these names. */
export const actions = [
  'user.create', 'user.register', 'user.keep', 'user.verify-email', 'user.update', 'user.update-profile', 'user.change-username',
  'user.ask-change-email', 'user.change-email', 'user.mail-new-password', 'user.reset-password', 'user.set-password', 'user.assign',
  'user.disable', 'user.enable', 'user.delete', 'user.delete-account', 'user.displaced', 'user.set-up-superadmin',
  'user.provision', 'identity.link', 'identity.unlink',
  'session.login', 'session.confirm', 'session.logout', 'session.end', 'session.end-for-reuse',
  'role.create', 'role.seed', 'role.update', 'role.update-rights', 'role.delete', 'role.reassign',
  'group.create', 'group.update', 'group.delete', 'group.add-users', 'group.remove-user',
  'membership.add', 'membership.remove',
  'client.create', 'client.rotate-secret', 'client.disable', 'client.enable', 'client.delete',
  'tenant.create', 'tenant.update', 'tenant.set-default-role', 'tenant.suspend', 'tenant.resume', 'tenant.delete', 'tenant.begin-move',
  'tenant.move', 'tenant.take-back-move',
  'provider.create', 'provider.update', 'provider.set-up', 'provider.invite', 'provider.test', 'provider.activate',
  'provider.deactivate', 'provider.delete',
  'domain.add', 'domain.verify', 'domain.lose', 'domain.delete',
  'signing-key.rotate', 'signing-key.revoke',
] as const;

export type Action = (typeof actions)[number];
