import { z } from 'zod';
import { custom, list, objectOf, optional, string } from '../../http/input/fields.ts';
import { isDisplayName } from '../../platform/mail/mail.address.ts';
import { isReturnUrl } from '../../settings/return-urls.ts';
import type { Brand } from './brand.types.ts';

/** The brand in the settings of a tenant. */
export const brandingShape = z.object({ name: z.string().optional() });

/** A name stands in headers of mails. It names no link, because links come from this server alone. */
const displayName = custom({
  json: { type: 'string', minLength: 1, maxLength: 64, description: 'One line without invisible characters and links.' },
  parse: (value, refuse) => (typeof value === 'string' && isDisplayName(value) ? value : refuse(
    'must be one line of 1 to 64 characters without control and invisible characters, spaces at the ends, and links',
  )),
});

/** The brand in the settings of a tenant, as it is sent. */
export const brandingField = objectOf({ name: optional(displayName) });

/** A return URL in the settings of a tenant. */
const listedUrl = custom({
  json: { type: 'string', format: 'uri', maxLength: 500, description: 'https, in the form in which browsers write it.' },
  parse: (value, refuse) => (typeof value === 'string' && isReturnUrl(value, false) ? value : refuse(
    'must be an https URL of at most 500 characters in the form in which browsers write it, without a user name',
  )),
});

/** The list of return URLs in the settings of a tenant, as it is sent. */
export const returnUrlsField = list(listedUrl, { max: 20 });

/** The return URL that a call may name. */
export const returnToField = string({ min: 1, max: 500 });

/** Where the page of a link leads. */
export const returnUrlShape = z.object({ returnUrl: z.string().optional() });

/** A brand in answers. */
export const brandShape = z.object({ name: z.string() });

export function brandView({ name }: Brand): z.input<typeof brandShape> {
  return { name };
}
