import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { User } from '../users/user.model.ts';

/** Where a target of an attribute mapping comes from: the whole name of a claim, or a JSON Pointer (RFC 6901) if it begins with "/". */
export type ClaimSource = string;

export interface SourceRule {
  readonly from: ClaimSource | readonly ClaimSource[];
  /** Divides a text into several values. */
  readonly split?: string;
  /** Only values that begin with it are taken, without it. */
  readonly prefix?: string;
  /** Takes the value of `CN=` of a distinguished name. */
  readonly cn?: boolean;
  readonly lower?: boolean;
  /** The index of the one value that is taken. */
  readonly take?: number;
}

export type AttributeMapping = Readonly<Record<string, ClaimSource | SourceRule>>;

/** Gives a role to persons with a group (`engineering`, `eng-*`), or with a value of another source. */
export type RoleMappingEntry =
  | { readonly group: string; readonly role: string }
  | { readonly from: string; readonly equals: string; readonly role: string };

export interface Provisioning {
  /** Whether an unknown person becomes a user at the first login. */
  readonly create?: boolean;
  readonly createFromToken?: boolean;
  readonly trustsEmail?: boolean;
  readonly linkByEmail?: 'verified-domain';
  /** roleId */
  readonly defaultRole?: string;
  readonly unmatched?: 'default' | 'refuse';
}

/** The part of a provider that decides which person becomes which user. */
export interface BecomingProvider {
  readonly _id: string;
  readonly tenantId: string;
  /** Decides the default attribute mapping; OIDC if it is absent. */
  readonly protocol?: string;
  readonly attributeMapping: AttributeMapping;
  readonly roleMapping: readonly RoleMappingEntry[];
  readonly provisioning: Provisioning;
  /** The domains of the provider, lower case. */
  readonly domains: readonly string[];
}

/** A person as a provider named them, after the provider's proof was checked. */
export interface AssertedPerson {
  /** The digest of issuer and subject attribute: a provider that is pointed elsewhere matches no old identity. */
  readonly realm: string;
  /** 1 to 255 characters without control characters. */
  readonly subject: string;
  /** Claims or attributes, as the provider sent them. The attribute mapping reads them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Whether the provider said that there are more groups than it sent (`_claim_names`). */
  readonly hasMoreGroups: boolean;
}

/** What a person becomes, or would become. */
export interface Became {
  readonly user: User;
  readonly identityId: string;
  /** "identity": rule 1, "made": rule 2, "linked": rule 4. */
  readonly by: 'identity' | 'made' | 'linked';
}

/** Reads the claims of persons. */
export interface PersonReading {
  /** The mapping of a provider, with the defaults of its protocol. */
  mappingOf(provider: Pick<BecomingProvider, 'attributeMapping' | 'protocol'>): AttributeMapping;
  /** The subject of a person, of 1 to 255 characters without control characters; undefined if the claims have none, or several. */
  subjectIn(mapping: AttributeMapping, claims: Readonly<Record<string, unknown>>): string | undefined;
}

export interface Becoming {
  /**
   * Finds or creates the user of a person, in the running transaction, and updates what the provider asserts.
   *
   * Throws `identity-not-allowed` (403), `link-required` (409), `user-disabled`, `tenant-full`.
   */
  become(tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson): Promise<Became>;
  /** The same for a test: rolled back, so nothing is changed. */
  wouldBecome(actor: Actor, provider: BecomingProvider, person: AssertedPerson): Promise<{
    readonly would: 'make a user' | 'identity' | 'link' | 'link required' | 'refused';
    readonly userId?: string;
    readonly email?: string;
    readonly roles: readonly { readonly roleId: string; readonly because: string }[];
    readonly code?: string;
  }>;
  /** Links a person to a logged-in user. Throws `identity-taken` (409). */
  link(tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson, userId: string): Promise<{ readonly identityId: string }>;
  /** The id of the identity that links a person to this user; null if it links nobody, or somebody else. It changes nothing. */
  identityOf(tx: ChangeTransaction, provider: BecomingProvider, person: AssertedPerson, userId: string): Promise<string | null>;
  /** Whether the identity still links this user, read in the transaction that opens a session. */
  isLinked(tx: ChangeTransaction, identityId: string, userId: string): Promise<boolean>;
}
