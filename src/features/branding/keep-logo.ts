import { AppError } from '../../errors/errors.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { BrandSettings } from './brand.types.ts';
import { readLogo } from './logo.ts';
import type { LogoStore } from './logo.store.ts';

/**
 * Stores the logo in new settings of a tenant, and answers the settings with its digest. Settings without a logo remove the stored one.
 *
 * Throws `invalid-input` if the settings name a digest that is not that of the stored logo.
 */
export type KeepLogo = <S extends BrandSettings>(tx: ChangeTransaction, tenantId: string, settings: S) => Promise<S>;

/** Creates the function that keeps logos. */
export function createKeepLogo(logos: Pick<LogoStore, 'has' | 'replace' | 'remove'>): KeepLogo {
  return async (tx, tenantId, settings) => {
    const { logo } = settings.branding ?? {};
    if (logo === undefined) {
      await logos.remove(tx, tenantId);
      return settings;
    }
    if (isDigest(logo)) {
      if (!(await logos.has(tx, tenantId, logo))) throw refusal('is not the digest of the stored logo of this tenant');
      return settings;
    }
    const read = readLogo(logo);
    if (typeof read === 'string') throw refusal(read);
    await logos.replace(tx, tenantId, read);
    return { ...settings, branding: { ...settings.branding, logo: read.digest } };
  };
}

/** Whether a text in the settings is the digest of a stored logo. No image is that small. */
export function isDigest(text: string): boolean {
  return /^[\da-f]{64}$/.test(text);
}

function refusal(message: string): AppError {
  return new AppError('invalid-input', { errors: [{ field: 'body.settings.branding.logo', message }] });
}
