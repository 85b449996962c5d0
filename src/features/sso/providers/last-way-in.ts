import { AppError } from '../../../errors/errors.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ProviderStore } from '../provider.store.ts';
import type { ProviderPorts } from './provider-ports.types.ts';

/** Throws `last-way-in` if nobody of the tenant could log in without this provider. */
export type RequireOtherWayIn = (tx: ChangeTransaction, providerId: string) => Promise<void>;

export interface OtherWayInDeps extends Pick<ProviderPorts, 'identities'> {
  readonly store: Pick<ProviderStore, 'readActiveIds'>;
  /** The ways in which users may log in; absent: all. */
  readonly readSettings: (tx: ChangeTransaction) => Promise<{ readonly loginMethods?: readonly string[] }>;
  /** Whether an active user of the tenant has a password. */
  readonly hasPasswordUser: (tx: ChangeTransaction) => Promise<boolean>;
  /** Whether a service of the host checks passwords too. */
  readonly hasHostUsers: boolean;
}

/** Creates the check that somebody of a tenant can still log in. */
export function createRequireOtherWayIn(
  { identities, store, readSettings, hasPasswordUser, hasHostUsers }: OtherWayInDeps,
): RequireOtherWayIn {
  return async (tx, providerId) => {
    const { loginMethods } = await readSettings(tx);
    const isOpen = (method: 'password' | 'sso') => loginMethods?.includes(method) !== false;
    if (isOpen('password') && (hasHostUsers || await hasPasswordUser(tx))) return;
    if (isOpen('sso') && await identities.hasLinkedUser(tx, await store.readActiveIds(tx, providerId))) return;
    throw new AppError('last-way-in');
  };
}
