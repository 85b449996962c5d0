import { z } from 'zod';
import { custom } from '../../http/input/fields.ts';
import { instant } from '../../http/route/output.ts';
import type { GivingProvided } from '../../engine/grants/collect-grants.ts';
import type { User } from './user.model.ts';

/** The language of mails, in the form in which all languages are stored. */
export const languageField = custom({
  json: {
    type: 'string', minLength: 2, maxLength: 35, pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$',
    description: 'A language tag of BCP 47, such as de or pt-BR.',
  },
  parse: (value, refuse) => canonicalTag(value) ?? refuse('must be a language tag, such as de or pt-BR'),
});

function canonicalTag(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(value)[0];
  } catch {
    return undefined;
  }
}

const scalar = z.union([z.string(), z.number(), z.boolean()]);

type AttributesView = z.input<typeof userShape>['attributes'];

/** A user in answers. It never contains a password or its hash. */
export const userShape = z.object({
  userId: z.string(),
  email: z.string().optional(),
  emailVerified: z.boolean(),
  username: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  language: z.string().optional(),
  roles: z.array(z.string()),
  /** The times of roles that do not always apply. */
  roleTimes: z.array(z.object({ roleId: z.string(), validFrom: instant.optional(), validUntil: instant.optional() })).optional(),
  /**
   * Lists, one user and one's own profile have it: the roles that providers give the user, by what they asserted last. Without a group,
   * it is the role for users for whom nothing else matches.
   */
  providedRoles: z.array(z.object({ roleId: z.string(), providerId: z.string(), group: z.string().optional() })).optional(),
  /** Asserted by a provider. */
  department: z.string().optional(),
  attributes: z.record(z.string(), z.union([scalar, z.array(scalar)])).optional(),
  isActive: z.boolean(),
  version: z.number().int(),
  createdAt: instant,
  /** Absent: the user has never logged in. */
  lastLoginAt: instant.optional(),
}).meta({ id: 'User' });

export function userView(user: User, provided?: readonly GivingProvided[]) {
  const { attributes } = user;
  return {
    ...user, userId: user._id, emailVerified: user.emailVerified ?? false, attributes: attributes && { ...attributes } as AttributesView,
    ...(provided && { providedRoles: [...provided] }),
  };
}
