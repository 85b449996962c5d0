import { z } from 'zod';
import { custom, list, objectOf, optional, string } from '../../http/input/fields.ts';
import { isDisplayName } from '../../platform/mail/mail.address.ts';
import { isReturnUrl } from '../../settings/return-urls.ts';
import { accentFault, accentOf } from './accent.ts';
import type { Brand } from './brand.types.ts';
import { isDigest } from './keep-logo.ts';
import { logoLimits, readLogo } from './logo.ts';

/** The brand in the settings of a tenant. */
export const brandingShape = z.object({ name: z.string().optional(), accent: z.string().optional(), logo: z.string().optional() });

/** A name stands in headers of mails. It names no link, because links come from this server alone. */
const displayName = custom({
  json: { type: 'string', minLength: 1, maxLength: 64, description: 'One line without invisible characters and links.' },
  parse: (value, refuse) => (typeof value === 'string' && isDisplayName(value) ? value : refuse(
    'must be one line of 1 to 64 characters without control and invisible characters, spaces at the ends, and links',
  )),
});

const accentColor = custom({
  json: { type: 'string', pattern: '^#[0-9A-Fa-f]{6}$', description: 'The colour of buttons, visible on light and on dark pages.' },
  parse(value, refuse) {
    if (typeof value !== 'string' || !/^#[\da-f]{6}$/i.test(value)) return refuse('must be a colour, such as #2f6fde');
    const fault = accentFault(value);
    return fault === undefined ? value.toLowerCase() : refuse(fault);
  },
});

const logoFile = custom({
  json: {
    type: 'string', maxLength: Math.ceil(logoLimits.bytes / 3) * 4, description: 'The base64 of a PNG or JPEG file of at most 50 kB and '
      + '1024 pixels on each side, or the digest of the stored logo.',
  },
  parse(value, refuse) {
    if (typeof value !== 'string') return refuse('must be a string');
    const read = isDigest(value) || readLogo(value);
    return typeof read === 'string' ? refuse(read) : value;
  },
});

/** The brand in the settings of a tenant, as it is sent. */
export const brandingField = objectOf({ name: optional(displayName), accent: optional(accentColor), logo: optional(logoFile) });

/** A return URL in the settings of a tenant. */
const listedUrl = custom({
  json: { type: 'string', format: 'uri', maxLength: 500, description: 'https, in the form in which browsers write it.' },
  parse: (value, refuse) => (typeof value === 'string' && isReturnUrl(value, { httpsOnly: true }) ? value : refuse(
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
export const brandShape = z.object({
  name: z.string(),
  accent: z.object({ color: z.string(), text: z.string() }).optional(),
  logo: z.string().optional(),
});

export function brandView({ name, accent, logo }: Brand): z.input<typeof brandShape> {
  return { name, ...(accent !== undefined && { accent: accentOf(accent) }), ...(logo !== undefined && { logo: `/branding/${logo}` }) };
}
