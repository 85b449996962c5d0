import { AppError } from '../../../errors/errors.ts';
import type { UsableProvider } from '../provider.types.ts';
import type { CheckReachable, LoginStep } from '../providers/provider-ports.types.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';

/**
 * Opens the secrets of a revision of a provider, by default of the live one, and checks everything else that needs no login.
 *
 * Throws `provider-not-found`, and nothing for what the provider does.
 */
export type CheckWithoutLogin = (providerId: string, revision?: number) => Promise<readonly LoginStep[]>;

export interface CheckWithoutLoginDeps {
  readonly usable: UsableProviders;
  readonly checkReachable: CheckReachable;
}

/** Creates the check of what needs no login. */
export function createCheckWithoutLogin({ usable, checkReachable }: CheckWithoutLoginDeps): CheckWithoutLogin {
  async function open(providerId: string, revision: number | undefined): Promise<UsableProvider | LoginStep> {
    try {
      const found = await usable.find(providerId, revision);
      if (found) return found;
    } catch {
      return { step: 'secrets', ok: false, repair: 'The secrets cannot be opened with this KEY_ENCRYPTION_KEY: send them again.' };
    }
    throw new AppError('provider-not-found');
  }

  return async (providerId, revision) => {
    const opened = await open(providerId, revision);
    return 'step' in opened ? [opened] : [{ step: 'secrets', ok: true }, ...await checkReachable(opened)];
  };
}
