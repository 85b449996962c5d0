import type { ClientSession } from '../database/session.ts';

/** The things of which a tenant may have a limited number. */
export const countedKinds = ['users', 'roles', 'groups', 'clients'] as const;
export type QuotaKind = (typeof countedKinds)[number];

/** Refuses, in the transaction that created things of these kinds, what exceeds the limit of the tenant. Throws `tenant-full`. */
export type EnforceQuota = (tenantId: string, created: ReadonlySet<QuotaKind>, session: ClientSession) => Promise<void>;
