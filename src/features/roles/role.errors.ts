import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of roles. */
export const roleErrors = {
  'role-not-found': { status: 404, detail: 'No such role.' },
  'role-exists': { status: 409, detail: 'A role with this roleId or type exists already.' },
  'role-in-use': { status: 409, detail: 'Users, groups, memberships, clients or identity providers still give this role, or it is the '
    + 'default role of the tenant: send another role as "reassignTo".' },
  'role-inherited': { status: 409, detail: 'Other roles inherit this one: change what they inherit first.' },
  'role-circle': { status: 422, detail: 'A role cannot inherit itself, directly or through other roles.' },
  'ladder-fixed': { status: 409, detail: 'What built-in roles inherit is declared in config/roles.ts and can only be changed there.' },
  'system-role': { status: 409, detail: 'System roles cannot be deleted.' },
  'superadmin-rights-fixed': { status: 409, detail: 'The superadmin has a right to every registered URL, and this cannot be changed.' },
  'superadmin-not-inherited': { status: 422, detail: 'The superadmin role can only be assigned to users directly: remove it from the '
    + 'roles, groups, memberships, clients or identity providers in this request.' },
  'right-not-registered': { status: 422, detail: 'A right or a policy names a URL or a method that is not registered: see "errors" and '
    + 'GET /roles/get-rights.' },
  'right-is-config': { status: 422, detail: 'Config URLs are for superadmins only and cannot be given to a role: see "errors".' },
  'permission-not-known': { status: 422, detail: 'A permission is not declared: see "errors" and GET /roles/get-rights. Permissions are '
    + 'declared in config/permissions.ts.' },
  'policies-too-complex': { status: 422, detail: 'These policies are too complex: one check could compare more than 1,500 patterns and '
    + 'conditions. Use fewer or broader policies, or resource names with distinct first parts.' },
  'too-many-rights': { status: 422, detail: 'A role has at most 10,000 rights: use fewer rights, or wildcard URLs.' },
} as const satisfies Record<string, ErrorEntry>;
