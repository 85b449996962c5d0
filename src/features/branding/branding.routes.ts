import { AppError } from '../../errors/errors.ts';
import { string } from '../../http/input/fields.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import type { LogoStore } from './logo.store.ts';

/** The URL of logos. The digest names the bytes, so browsers may keep them forever. */
export function createBrandingRoutes({ logos }: { readonly logos: Pick<LogoStore, 'find'> }) {
  return [
    defineRoute({
      method: 'GET', url: '/branding/:digest', id: 'loadLogo', ignoresQuery: true, summary: 'The logo of a tenant',
      input: { params: { digest: string({ min: 64, max: 64, pattern: /^[\da-f]*$/ }) } },
      output: 'file',
      errors: ['file-not-found'],
      cacheControl: 'public, max-age=31536000, immutable',
      async handler({ input: { params: { digest } } }) {
        const logo = await logos.find(digest);
        if (!logo) throw new AppError('file-not-found');
        return {
          contentType: logo.contentType, body: logo.bytes,
          headers: { 'Content-Security-Policy': 'default-src \'none\'', 'X-Content-Type-Options': 'nosniff' },
        };
      },
    }),
  ];
}
