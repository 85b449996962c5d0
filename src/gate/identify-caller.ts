import type { IncomingMessage } from 'node:http';
import type { Caller } from '../engine/caller.ts';
import { AppError } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/table.ts';

/** The claims of a valid token, or the reason why a token is invalid. */
export type VerifiedToken<C> = { readonly ok: true; readonly claims: C } | { readonly ok: false; readonly code: ErrorCode };

/** The tokens of other issuers that count like those of Gatehouse. */
export interface ForeignTokens<C> {
  /** The claims of the session of a token that was accepted at this host before; undefined if it must be verified. */
  recall(token: string, host: string): C | undefined;
  /** The claims of the session of a token, or the code with which it is refused. Null if no other issuer counts for it. */
  accept(token: string, host: string, request: IncomingMessage): Promise<VerifiedToken<C> | null>;
}

export interface IdentifyCallerDeps<C> {
  readonly verify: (token: string) => VerifiedToken<C> | Promise<VerifiedToken<C>>;
  /** The caller of a token from the cache; undefined if the store must be read. Throws `too-many-requests`. */
  readonly recall: (claims: C) => Caller | undefined;
  /** Whether the token is valid on this host, from the cache; undefined if the store must be read. */
  readonly recallHost: (host: string, tenantId: string) => boolean | undefined;
  /** The caller from the store. Throws `session-ended`, `user-disabled`, `token-of-other-tenant`, `too-many-requests`. */
  readonly load: (claims: C, host: string) => Promise<Caller>;
  /** Asked about tokens that are not Gatehouse's own. */
  readonly foreign?: ForeignTokens<C> | undefined;
}

/** What a token of another issuer is for the verification of Gatehouse's own. One that is too old, or for later, is Gatehouse's own. */
const foreignCodes: readonly ErrorCode[] = ['token-invalid', 'token-malformed'];

/** The form of every signed token (RFC 7515 section 7.1). Other text is refused at once. */
const compactToken = /^[^.]+\.[^.]+\.[^.]+$/;

/**
 * Finds the caller of a token that was sent to this host. Answers without a promise if the caches are enough.
 *
 * Throws, or rejects with, `token-malformed`, `token-expired`, `token-invalid`, `token-not-yet-valid`, and the codes of `recall` and
 * `load`.
 */
export type IdentifyCaller = (token: string, host: string, request: IncomingMessage) => Caller | Promise<Caller>;

/** Creates the function that finds the caller of a token. */
export function createIdentifyCaller<C>({ verify, recall, recallHost, load, foreign }: IdentifyCallerDeps<C>): IdentifyCaller {
  function callerOf(claims: C, host: string): Caller | Promise<Caller> {
    const caller = recall(claims);
    return caller && recallHost(host, caller.tenantId) === true ? caller : load(claims, host);
  }

  function callerOfForeign(code: ErrorCode, token: string, host: string, request: IncomingMessage): Caller | Promise<Caller> {
    if (!foreign || !foreignCodes.includes(code) || !compactToken.test(token)) throw new AppError(code);
    const known = foreign.recall(token, host);
    if (known !== undefined) return callerOf(known, host);
    return foreign.accept(token, host, request).then((accepted) => {
      if (!accepted?.ok) throw new AppError(accepted?.code ?? code);
      return callerOf(accepted.claims, host);
    });
  }

  return (token, host, request) => {
    const verified = verify(token);
    if (!(verified instanceof Promise)) {
      return verified.ok ? callerOf(verified.claims, host) : callerOfForeign(verified.code, token, host, request);
    }
    return verified.then((late) => (late.ok ? callerOf(late.claims, host) : callerOfForeign(late.code, token, host, request)));
  };
}
