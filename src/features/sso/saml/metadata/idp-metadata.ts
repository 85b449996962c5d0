/** A certificate of a provider. Only its key counts: that it is in the metadata is what makes it trusted. */
export interface IdpCertificate {
  /** SHA-256 of the certificate, in hexadecimal. */
  readonly fingerprint: string;
  /** The public key as PEM. */
  readonly publicKey: string;
  /** ms since 1970 */
  readonly endsAt: number;
}

/** The bindings over which a browser carries messages. */
export type SamlBinding = 'redirect' | 'post';

export interface LogoutService {
  readonly location: string;
  /** Where answers go, if they go elsewhere. */
  readonly responseLocation?: string;
}

/** What the metadata of a provider says, as far as Gatehouse uses it. */
export interface IdpMetadata {
  readonly entityId: string;
  readonly certificates: readonly IdpCertificate[];
  readonly signOn: Readonly<Partial<Record<SamlBinding, string>>>;
  readonly logout: Readonly<Partial<Record<SamlBinding, LogoutService>>>;
  readonly nameIdFormats: readonly string[];
  /** ms since 1970 */
  readonly validUntil?: number;
}

const day = 86_400_000;

/** The days until the last certificate of a provider ends, rounded down: from then on, its answers are those of an expired key. */
export function daysUntilEnd({ certificates }: Pick<IdpMetadata, 'certificates'>, now: number): number {
  return Math.floor((Math.max(...certificates.map(({ endsAt }) => endsAt)) - now) / day);
}

/** The days before the end of a certificate at which admins are told. */
const warningDays = [30, 14, 7, 1] as const;

/** The smallest of these limits that is reached; undefined while the end is far. */
export function dueWarning(days: number): (typeof warningDays)[number] | undefined {
  return warningDays.findLast((limit) => days <= limit);
}
