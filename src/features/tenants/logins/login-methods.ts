import type { LoginMethod, Tenant } from '../tenant.model.ts';

interface MethodSettings {
  readonly loginMethods?: readonly string[] | undefined;
}

/** Whether these settings of a tenant allow a way to log in. Settings that name none allow all. */
export function allowsLogin(settings: MethodSettings | undefined, method: LoginMethod): boolean {
  return settings?.loginMethods?.includes(method) !== false;
}

/** Whether a tenant is active and allows a way to log in. An unknown tenant is not. */
export function takesLogins(tenant: Pick<Tenant, 'status' | 'settings'> | null | undefined, method: LoginMethod): boolean {
  return tenant?.status === 'active' && allowsLogin(tenant.settings, method);
}
