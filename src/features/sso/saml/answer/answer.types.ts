import type { Element } from '@xmldom/xmldom';

/** What must hold for the answer of an identity provider. */
export interface AnswerRules {
  /** The pinned entityID of the provider. */
  readonly issuer: string;
  /** The public keys of the provider, as PEM. */
  readonly keys: readonly string[];
  /** The entityID of Gatehouse at this provider. */
  readonly audience: string;
  /** The assertion consumer service of this provider. */
  readonly acsUrl: string;
  /** The format that every NameID must have. Undefined: any. */
  readonly nameIdFormat?: string;
  /** Whether the response must be signed besides the assertion, which always must. */
  readonly responseSigned?: boolean;
  readonly encrypted?: 'allowed' | 'required';
  /** Our private keys, as PEM, of which any may open an assertion. */
  readonly decryptionKeys: readonly string[];
  /** Whether an answer that nobody asked for may count. It then starts a login, and opens no session. */
  readonly idpInitiated?: boolean;
  /** Whether this provider was sent a request of this id that is not answered yet. */
  readonly isOpenRequest: (id: string) => boolean | Promise<boolean>;
  /** ms since 1970 */
  readonly now: number;
  /** The earliest time at which the person may have proved who they are, in ms since 1970. Undefined if the request named no limit. */
  readonly authenticatedFrom?: number;
}

/** An answer that was parsed. Nothing of it is proven. */
export interface ParsedAnswer {
  readonly response: Element;
  /** The content of its encrypted assertion, once that was opened. */
  readonly opened?: Element;
  readonly rules: AnswerRules;
}

/** An answer whose assertion is signed by the provider. */
export interface VerifiedAnswer {
  /** The response around it, which may be unsigned: it can only make an answer fail. */
  readonly response: Element;
  /** The assertion as the signature covers it. */
  readonly assertion: Element;
  readonly rules: AnswerRules;
}
