import type { RoleDeclaration } from '../src/features/roles/role.types.ts';

/**
 * The ladder of built-in roles: a higher role has all rights of a lower one.
 *
 * Below guest is the wanderer: a caller without a session, who can reach the simple URLs. Init gives each role the rights that it
 * never had before. A right that a superadmin removed is not given again.
 */
export const builtInRoles: readonly RoleDeclaration[] = [
  {
    type: 'guest', name: 'Guest', description: 'Registered; every session holds these rights.', isDefault: true,
    rights: [
      '/users/logout', '/profile/me', '/profile/sessions', '/profile/sessions/:sessionId', '/profile/change-email',
      '/profile/set-new-password', '/profile/delete-account', '/profile/confirm-identity', '/profile/identities',
      '/profile/identities/:identityId', '/profile/link-identity', '/permissions', '/permissions/check',
    ],
    inherits: [],
  },
  {
    type: 'user', name: 'User', description: 'Registered, with a verified e-mail address.',
    rights: ['/profile/change-username', '/profile/update-profile-data'],
    inherits: ['guest'],
  },
  {
    type: 'admin', name: 'Admin', description: 'Looks after users, their sessions, groups and memberships, and reads the audit trail.',
    rights: [
      '/admin/load-users', '/admin/load-user/:userId', '/admin/create-user', '/admin/update-user/:userId', '/admin/disable-user',
      '/admin/enable-user', '/admin/delete-user/:userId', '/admin/set-new-password', '/admin/load-sessions',
      '/admin/delete-session/:sessionId', '/admin/load-identities/:userId', '/admin/unlink-identity',
      '/permissions/explain', '/permissions/who-can', '/permissions/what-can',
      '/audit/load', '/audit/export',
      '/groups/load', '/groups/load/:groupId', '/groups/create', '/groups/update', '/groups/delete', '/groups/add-users',
      '/groups/remove-user', '/groups/load-user/:userId',
      '/memberships/add', '/memberships/remove', '/memberships/load',
    ],
    inherits: ['user'],
  },
  {
    type: 'superadmin', name: 'Superadmin', description: 'Holds every registered URL and changes the roles of others.',
    rights: [], inherits: ['admin'],
  },
];
