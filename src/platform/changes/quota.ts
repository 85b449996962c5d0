import type { ClientSession } from '../database/session.ts';

/** The things of which a tenant may have a limited number. */
export type QuotaKind = 'users' | 'roles' | 'groups' | 'clients';

/** Refuses, in the transaction that created things of these kinds, what exceeds the limit of the tenant. Throws `tenant-full`. */
export type EnforceQuota = (tenantId: string, created: ReadonlySet<QuotaKind>, session: ClientSession) => Promise<void>;
