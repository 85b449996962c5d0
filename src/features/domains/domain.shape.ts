import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import { domainStatuses } from './domain.model.ts';
import type { DomainClaim } from './domain.model.ts';
import { recordOf } from './domain.proof.ts';

export const domainShape = z.object({
  domain: z.string(),
  status: z.enum(domainStatuses),
  /** The name of the TXT record that proves the domain. */
  record: z.string(),
  /** The text of that record. */
  value: z.string(),
  /** Whether a superadmin of the platform vouched for the domain. */
  withoutProof: z.boolean(),
  verifiedAt: instant.optional(),
  /** When the record was found last. */
  checkedAt: instant.optional(),
  /** Since when the record is gone. After 7 days, the domain is lost. */
  missingSince: instant.optional(),
  createdAt: instant,
}).meta({ id: 'Domain' });

export function domainView({ domain, status, token, withoutProof = false, verifiedAt, checkedAt, missingSince, createdAt }: DomainClaim) {
  return {
    domain, status, ...recordOf(domain, token), withoutProof, createdAt,
    ...(verifiedAt && { verifiedAt }), ...(checkedAt && { checkedAt }), ...(missingSince && { missingSince }),
  };
}

/** The fields of a claim that audit records contain. */
export function domainAuditView({ domain, status, withoutProof = false }: DomainClaim): Record<string, unknown> {
  return { domain, status, withoutProof };
}
