import type { ClientSession } from '../database/session.ts';

/** The kinds of things for which a tenant can have a quota. */
export type QuotaKind = 'users' | 'roles' | 'groups' | 'clients' | 'providers';

/** Checks the quotas of these kinds in the transaction that created the things. Throws `tenant-full`. */
export type EnforceQuota = (tenantId: string, created: ReadonlySet<QuotaKind>, session: ClientSession) => Promise<void>;
