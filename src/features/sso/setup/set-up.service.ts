import type { Caller } from '../../../engine/caller.ts';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { OneTimeTokens } from '../../links/one-time-token.types.ts';
import type { ProviderService } from '../provider.service.ts';
import type { IdentityProvider } from '../provider.types.ts';
import type { ProviderEdit } from '../providers/provider-edit.ts';
import type { ProviderDelegation } from '../providers/provider-delegation.ts';
import type { ProviderTest } from '../trials/provider-test.model.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';

/**
 * Set-up links: the customer's own IT fills in configuration and secrets, and tests them. Mappings and activation stay with the admin.
 *
 * What takes a token throws `link-invalid` if it is not the newest one of its provider, or has expired.
 */
export interface SetUps {
  /**
   * Mails a link to an address. It replaces the earlier link of the provider.
   *
   * Throws `provider-not-found`, `target-outranks-caller`, `grants-exceed-own`, `too-many-requests`.
   */
  invite(actor: Actor, caller: Caller, providerId: string, email: string): Promise<void>;
  load(tenantId: string, token: string): Promise<IdentityProvider>;
  /** Creates another revision. Throws the same as the update of a provider. */
  update(actor: Actor, token: string, edit: Pick<ProviderEdit, 'configuration' | 'secrets' | 'version'>): Promise<IdentityProvider>;
  /** Tests the newest revision. Throws `too-many-requests`. */
  test(actor: Actor, token: string): Promise<{ readonly provider: IdentityProvider; readonly test: ProviderTest }>;
}

export interface SetUpDeps {
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly tokens: Pick<OneTimeTokens, 'find'>;
  readonly providers: Pick<ProviderService, 'find' | 'setUp'>;
  readonly tests: Pick<ProviderTests, 'start'>;
  readonly delegation: ProviderDelegation;
  readonly lockProviders: (tx: ChangeTransaction) => Promise<void>;
  /** Counts a mail to an address. Throws `too-many-requests`. */
  readonly countMail: (tenantId: string, email: string) => Promise<void>;
}

/** Creates the service of set-up links. */
export function createSetUps({ changes, clock, tokens, providers, tests, delegation, lockProviders, countMail }: SetUpDeps): SetUps {
  async function read(tenantId: string, token: string, tx?: ChangeTransaction): Promise<IdentityProvider> {
    const link = await tokens.find(tenantId, ['set-up-provider'], token, new Date(clock()));
    const provider = link && await providers.find(tenantId, link.userId, tx).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'provider-not-found') return null;
      throw error;
    });
    if (!provider) throw new AppError('link-invalid');
    return provider;
  }

  return {
    async invite(actor, caller, providerId, email) {
      await providers.find(actor.tenantId, providerId);
      await countMail(actor.tenantId, email);
      await changes.transact(actor, async (tx) => {
        const provider = await providers.find(actor.tenantId, providerId, tx);
        await delegation.requireMayActOnAll(tx, caller, providerId);
        await delegation.requireMayGive(tx, caller, provider, provider);
        tx.mail({ kind: 'set-up-provider', email, providerId });
        tx.record({ action: 'provider.invite', target: { kind: 'provider', id: providerId }, after: { email } });
      });
    },
    load: (tenantId, token) => read(tenantId, token),
    update: (actor, token, edit) => changes.transact(actor, async (tx) => {
      await lockProviders(tx);
      return providers.setUp(tx, await read(actor.tenantId, token, tx), edit);
    }),
    async test(actor, token) {
      const provider = await read(actor.tenantId, token);
      return { provider, test: await tests.start(actor, provider._id) };
    },
  };
}
