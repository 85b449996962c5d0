import { AppError } from '../../../errors/errors.ts';
import type { Page, PageRequest } from '../../../platform/database/queries/page.ts';
import type { Tenant } from '../../tenants/tenant.model.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { LoginStep } from '../providers/provider-ports.types.ts';
import { cleanSteps } from '../traces/clean-steps.ts';
import type { CheckWithoutLogin } from './check-without-login.ts';

/** An active provider, and what could be checked of it without a login. Its steps end at the first one that failed. */
export interface CheckedProvider {
  /** The name of the tenant. */
  readonly tenant: string;
  readonly providerId: string;
  readonly providerName: string;
  readonly steps: readonly LoginStep[];
}

/** Checks the live revision of every active provider of every active tenant, without a login. Calls `onChecked` for each. */
export type CheckProviders = (onChecked: (checked: CheckedProvider) => void) => Promise<void>;

export interface CheckProvidersDeps {
  readonly readTenants: (filter: { readonly status: 'active' }, page: PageRequest) => Promise<Page<Tenant>>;
  readonly store: Pick<ProviderStore, 'load'>;
  readonly checkWithoutLogin: CheckWithoutLogin;
}

const pageSize = 100;
/** How many providers are checked at the same time, so that one that hangs does not hold up all others. */
const together = 8;

/** Creates the check of all providers. */
export function createCheckProviders({ readTenants, store, checkWithoutLogin }: CheckProvidersDeps): CheckProviders {
  async function* eachProvider() {
    for await (const { _id: tenantId, name: tenant } of eachOf((page) => readTenants({ status: 'active' }, page))) {
      for await (const { _id: providerId, providerName } of eachOf((page) => store.load(tenantId, { status: 'active' }, page))) {
        yield { tenant, providerId, providerName };
      }
    }
  }

  async function check(providerId: string): Promise<readonly LoginStep[]> {
    try {
      return await checkWithoutLogin(providerId);
    } catch (error) {
      if (error instanceof AppError && error.code === 'provider-not-found') return []; // it was deleted in the meantime
      throw error;
    }
  }

  return async (onChecked) => {
    const running: Promise<CheckedProvider>[] = [];
    const next = async () => {
      const first = await running.shift();
      if (first) onChecked(first);
    };
    for await (const provider of eachProvider()) {
      const checking = check(provider.providerId).then((steps) => ({ ...provider, steps: cleanSteps(steps) }));
      checking.catch(() => undefined); // it is awaited in its turn
      if (running.push(checking) >= together) await next();
    }
    while (running.length > 0) await next();
  };
}

async function* eachOf<T>(read: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T, void> {
  let cursor: string | null | undefined;
  do {
    const page: Page<T> = await read({ limit: pageSize, ...(cursor != null && { cursor }) });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
