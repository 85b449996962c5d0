import { z } from 'zod';
import { describeValue } from '../checks.ts';
import type { Mismatch } from '../checks.ts';

/** The members of a provider's discovery document that Gatehouse uses. Others are dropped. */
const metadataShape = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  userinfo_endpoint: z.string().exactOptional(),
  end_session_endpoint: z.string().exactOptional(),
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
});

/** What a provider says about itself (OpenID Connect Discovery 1.0 section 3). */
export type ProviderMetadata = Readonly<z.infer<typeof metadataShape>>;

export interface MetadataRules {
  readonly issuer: string;
  /** Whether addresses may be http: never in production. */
  readonly allowsHttp: boolean;
}

export type ReadMetadata = { readonly metadata: ProviderMetadata } | { readonly mismatch: Mismatch };

/**
 * Reads a discovery document. It must name exactly this issuer, and every address in it must be https.
 *
 * Browsers are sent to the authorization endpoint and to the end of the session, so another scheme there would be a script.
 */
export function readMetadata(document: unknown, { issuer, allowsHttp }: MetadataRules): ReadMetadata {
  const named = typeof document === 'object' && document !== null && 'issuer' in document ? document.issuer : undefined;
  if (named !== issuer) return { mismatch: { expected: `the issuer ${issuer}`, received: describeValue(named) } };
  const read = metadataShape.safeParse(document);
  if (!read.success) {
    const faulty = [...new Set(read.error.issues.map(({ path }) => path.join('.')))].join(', ');
    return { mismatch: { expected: 'a discovery document', received: `a wrong or missing ${faulty}` } };
  }
  const { authorization_response_iss_parameter_supported: _, issuer: __, ...addresses } = read.data;
  const bad = Object.entries(addresses).find(([, address]) => !isAddress(address, allowsHttp));
  return bad ? { mismatch: { expected: `${bad[0]} with https`, received: describeValue(bad[1]) } } : { metadata: read.data };
}

function isAddress(text: string, allowsHttp: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return (protocol === 'https:' || (allowsHttp && protocol === 'http:')) && username === '' && password === '' && hash === '';
}
