import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of tenants. */
export const tenantErrors = {
  'tenant-not-found': { status: 404, detail: 'No such tenant.' },
  'tenant-exists': { status: 409, detail: 'A tenant with this name or domain exists already.' },
  'tenant-not-yours': { status: 403, detail: 'Only superadmins of the platform can act in another tenant: leave "tenant" out.' },
  'token-of-other-tenant': { status: 401, detail: 'The access token belongs to a tenant other than the one of this host: log in here.' },
  'domain-in-use': { status: 409, detail: 'Users of other tenants log in with addresses of this domain, and could no longer log in: see '
    + '"errors", and change their addresses first.' },
  'tenant-not-suspended': { status: 409, detail: 'Only a suspended tenant can be deleted: suspend it first.' },
  'audit-not-exported': { status: 409, detail: 'Deleting this tenant deletes its audit trail: export it first, and send the digest of '
    + 'its last line.' },
  'default-tenant-fixed': { status: 409, detail: 'The default tenant has the superadmins of the platform, so its name, its active state '
    + 'and its login by password cannot be changed.' },
} as const satisfies Record<string, ErrorEntry>;
