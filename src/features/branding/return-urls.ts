import { AppError } from '../../errors/errors.ts';
import type { ReadBrandSettings, ReturnUrls } from './brand.types.ts';

export interface ReturnUrlDeps {
  /** The list of the server, for tenants without a list of their own. */
  readonly listed: readonly string[];
  readonly readTenant: ReadBrandSettings;
}

/** Creates the rules about return URLs. The list that a tenant has of its own replaces that of the server. */
export function createReturnUrls({ listed, readTenant }: ReturnUrlDeps): ReturnUrls {
  async function listOf(tenantId: string): Promise<readonly string[]> {
    return (await readTenant(tenantId))?.settings.returnUrls ?? listed;
  }

  return {
    async require(tenantId, url) {
      if (url !== undefined && !(await listOf(tenantId)).includes(url)) throw new AppError('return-url-not-allowed');
    },
    async choose(tenantId, stored) {
      // The link is used up by now. Without the list, the page says that it is done, and leads nowhere.
      const urls = await listOf(tenantId).catch((): readonly string[] => []);
      const returnUrl = stored !== undefined && urls.includes(stored) ? stored : urls[0];
      return returnUrl === undefined ? {} : { returnUrl };
    },
  };
}
