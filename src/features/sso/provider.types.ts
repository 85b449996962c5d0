import type { Sealed } from '../../platform/sealed.ts';
import type { AttributeMapping, BecomingProvider } from '../identities/identity.types.ts';

/** The protocols of this version; SAML and LDAP come later. */
export const protocols = ['OIDC', 'JWT', 'HEADER'] as const;
export type Protocol = (typeof protocols)[number];

export const providerStatuses = ['draft', 'active', 'inactive'] as const;

export const signingAlgorithms = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA',
] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

export interface Bearer {
  readonly audience: string;
  readonly tenantClaim?: string;
  readonly tenantValue?: string;
  readonly direct?: boolean;
  readonly publicClients?: boolean;
}

export interface OidcConfiguration {
  /** https, without user info, query and fragment. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: 'basic' | 'post' | 'private_key_jwt';
  readonly scopes?: readonly string[];
  /** By default RS256 alone. */
  readonly algorithms?: readonly SigningAlgorithm[];
  readonly prompt?: 'login' | 'consent' | 'select_account';
  /** s */
  readonly maxAge?: number;
  readonly trustedAmr?: readonly string[];
  readonly trustedAcr?: readonly string[];
  readonly bearer?: Bearer;
}

export interface JwtConfiguration {
  readonly issuer: string;
  readonly jwksUri?: string;
  /** PEM */
  readonly publicKeys?: readonly string[];
  readonly algorithms?: readonly SigningAlgorithm[];
  readonly bearer: Bearer;
}

export interface HeaderConfiguration {
  readonly header: string;
  readonly secretHeader: string;
  readonly groupsHeader?: string;
}

export type ProviderConfiguration = OidcConfiguration | JwtConfiguration | HeaderConfiguration;

/** One version of a provider's trust. */
export interface ProviderRevision {
  readonly revision: number;
  readonly configuration: ProviderConfiguration;
  /** By the name of the secret, such as `clientSecret`. */
  readonly sealed: Readonly<Record<string, Sealed>>;
  /** The subject of the attribute mapping. It belongs to the trust, because it decides who is the same person. Absent: the usual one. */
  readonly subject?: AttributeMapping[string];
}

/** A stored provider: the newest revision lies beside the live one. Its attribute mapping has no subject: the revisions have it. */
export interface IdentityProvider extends BecomingProvider, ProviderRevision {
  /** `<tenantId>.<24 hex>` */
  readonly _id: string;
  readonly providerName: string;
  /** The name in small letters. No other provider of the tenant has the same. */
  readonly nameKey: string;
  readonly protocol: Protocol;
  readonly status: (typeof providerStatuses)[number];
  readonly live?: ProviderRevision;
  /** The newest revision that passed a test. */
  readonly testedRevision?: number;
  /** Raised by every edit. An edit of an older version is refused. */
  readonly version: number;
  readonly createdAt: Date;
}

/** A provider at one revision, with its opened secrets, as a login uses it. Its attribute mapping has the subject of the revision. */
export interface UsableProvider extends BecomingProvider {
  readonly providerName: string;
  readonly protocol: Protocol;
  readonly status: IdentityProvider['status'];
  readonly revision: number;
  readonly configuration: ProviderConfiguration;
  readonly secrets: Readonly<Record<string, string>>;
}
