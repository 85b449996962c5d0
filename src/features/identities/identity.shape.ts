import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import type { Identity } from './identity.model.ts';

/** An identity in answers. */
export const identityShape = z.object({
  identityId: z.string(),
  providerId: z.string(),
  /** Absent if the provider was deleted. */
  providerName: z.string().optional(),
  /** The name of the person at the provider. */
  subject: z.string(),
  groups: z.array(z.string()),
  /** When the provider last asserted other groups or values than before. */
  claimsAt: instant,
  lastLoginAt: instant.optional(),
  /** Why the user does not have the address that the provider asserted last. */
  emailNote: z.enum(['not-proven', 'taken', 'not-plain']).optional(),
}).meta({ id: 'Identity' });

export function identityView(identity: Identity, providerName: string | undefined) {
  return { ...identity, identityId: identity._id, ...(providerName !== undefined && { providerName }) };
}
