/** A person whom a peer knows. */
export interface Person {
  /** What the peer says in `sub`. */
  readonly subject: string;
  readonly username: string;
  readonly password: string;
  readonly email: string;
}

/** What may be said about a person, and changed later. */
export interface PersonContent {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  /** False for somebody whom the peer lets in no more. */
  readonly isEnabled: boolean;
}

/** Where a peer sends people and messages of one client. */
export interface ClientUrls {
  readonly redirect: string;
  readonly afterLogout?: string;
  /** With `bySession`, logout tokens name a session (`sid`). */
  readonly backChannelLogout?: { readonly url: string; readonly bySession: boolean };
}

/** A confidential client of a peer. */
export interface PeerClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Sets its URLs, which a provider of Gatehouse has only after it was made with the client's id. */
  setUrls(urls: ClientUrls): Promise<void>;
}

/**
 * A real OpenID provider of one test: a realm of Keycloak, or oidc-provider in this process.
 *
 * Its ID tokens carry `email`, `email_verified`, `given_name`, `family_name`, `preferred_username` and `groups`. Both show the same
 * page of login, so that the browser of `browser.ts` logs in at either.
 */
export interface OidcPeer {
  readonly issuer: string;
  newClient(): Promise<PeerClient>;
  /** Makes a person with a name, a password and a proven address of their own. */
  newPerson(content?: Partial<PersonContent>): Promise<Person>;
  change(person: Person, content: Partial<PersonContent>): Promise<void>;
  /** Signs with a new key from now on. The old one is no longer published, unless it is kept. */
  rotateKeys(options?: { readonly keepsOld?: boolean }): Promise<void>;
  /** Ends all sessions of a person, as an administrator does, and sends logout tokens. */
  endSessions(person: Person): Promise<void>;
}

/** Whatever a new person has unless the test says otherwise. */
export function newPersonContent(username: string, content: Partial<PersonContent>): PersonContent {
  return {
    email: `${username}@example.com`, emailVerified: true, firstName: 'Ann', lastName: 'Example', groups: [], isEnabled: true, ...content,
  };
}
