import { allowsLogin } from '../../tenants/tenant.model.ts';
import { AppError } from '../../../errors/errors.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/** Throws `last-way-in` if nobody of the tenant could log in without this provider. */
export type RequireOtherWayIn = (tx: ChangeTransaction, providerId: string) => Promise<void>;

export interface WayInDeps extends Pick<ProviderPorts, 'identities'> {
  readonly store: Pick<ProviderStore, 'readActiveIds'>;
  /** Whether an active user of the tenant has a password. */
  readonly hasPasswordUser: (tx: ChangeTransaction) => Promise<boolean>;
  /** Whether a service of the host checks passwords too. */
  readonly hasHostUsers: boolean;
}

export interface OtherWayInDeps extends WayInDeps {
  /** The ways in which users may log in; absent: all. */
  readonly readSettings: (tx: ChangeTransaction) => Promise<{ readonly loginMethods?: readonly string[] }>;
}

/** Creates the check that somebody of a tenant can still log in without a provider. */
export function createRequireOtherWayIn({ readSettings, ...deps }: OtherWayInDeps): RequireOtherWayIn {
  return async (tx, providerId) => requireWay(deps, tx, (await readSettings(tx)).loginMethods, providerId);
}

/**
 * Creates the check that somebody of a tenant could log in by these methods; undefined: by all of them.
 *
 * It throws `last-way-in`. It locks the providers, so that none ends at the same moment.
 */
export function createRequireWayIn(
  { lockProviders, ...deps }: WayInDeps & { readonly lockProviders: (tx: ChangeTransaction) => Promise<void> },
) {
  return async (tx: ChangeTransaction, loginMethods: readonly string[] | undefined): Promise<void> => {
    await lockProviders(tx);
    await requireWay(deps, tx, loginMethods);
  };
}

async function requireWay(
  { identities, store, hasPasswordUser, hasHostUsers }: WayInDeps, tx: ChangeTransaction, loginMethods: readonly string[] | undefined,
  without?: string,
): Promise<void> {
  if (allowsLogin({ loginMethods }, 'password') && (hasHostUsers || await hasPasswordUser(tx))) return;
  if (allowsLogin({ loginMethods }, 'sso') && await identities.hasLinkedUser(tx, await store.readActiveIds(tx, without))) return;
  throw new AppError('last-way-in');
}
