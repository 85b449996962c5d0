import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import type { User } from './user.model.ts';

/** A user in answers. It never contains a password or its hash. */
export const userShape = z.object({
  userId: z.string(),
  email: z.string().optional(),
  emailVerified: z.boolean(),
  username: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  roles: z.array(z.string()),
  /** The times of roles that do not always apply. */
  roleTimes: z.array(z.object({ roleId: z.string(), validFrom: instant.optional(), validUntil: instant.optional() })).optional(),
  isActive: z.boolean(),
  version: z.number().int(),
  createdAt: instant,
});

export function userView(user: User) {
  return { ...user, userId: user._id, emailVerified: user.emailVerified ?? false };
}
