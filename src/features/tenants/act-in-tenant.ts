import type { Caller } from '../../engine/caller.ts';
import { AppError } from '../../errors/errors.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { optional } from '../../http/input/fields.ts';
import { tenantName } from './tenant.shape.ts';

/** Answers the tenantId of the tenant with this name. Throws `tenant-not-found`. */
export type FindTenant = (name: string) => Promise<string>;

export interface ActInTenantDeps {
  readonly findTenant: FindTenant;
  /** Reads the caller again in a transaction. Throws `tenant-not-yours` if the caller is no superadmin any more. */
  readonly callerNow: (caller: Caller, session: ClientSession) => Promise<unknown>;
}

/**
 * Extends a route: superadmins of the platform may use it in another tenant, by `?tenant=NAME`.
 *
 * Any other caller who names a tenant is refused, even if it is their own, so that nobody learns which tenants exist. Each
 * transaction of the route begins with the same check.
 */
export function actInTenant(route: RouteDefinition, { findTenant, callerNow }: ActInTenantDeps): RouteDefinition {
  return {
    ...route,
    input: { ...route.input, query: { ...route.input.query, tenant: optional(tenantName) } },
    errors: [...route.errors, 'tenant-not-found', 'tenant-not-yours'],
    async run(raw, caller, facts, setHeader) {
      const { tenant, ...query } = raw.query as Record<string, unknown>; // made by node:querystring
      if (tenant === undefined) return route.run(raw, caller, facts, setHeader);
      if (!caller?.grants.isSuperadmin) throw new AppError('tenant-not-yours');
      if (typeof tenant !== 'string') throw new AppError('invalid-input', {
        errors: [{ field: 'query.tenant', message: 'must be a string' }],
      });
      const named = inTenant(caller, await findTenant(tenant));
      if (named === caller) return route.run({ ...raw, query }, caller, facts, setHeader);
      return route.run({ ...raw, query }, named, { ...facts, async requireAllowed(session: ClientSession) {
        await facts.requireAllowed?.(session);
        await callerNow(named, session);
      } }, setHeader);
    },
  };
}

function inTenant(caller: Caller, tenantId: string): Caller {
  return tenantId === caller.tenantId ? caller : { ...caller, tenantId, homeTenantId: caller.tenantId };
}
