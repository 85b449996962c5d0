import type { Caller } from '../engine/caller.ts';
import { AppError } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/table.ts';

/** The claims of a valid token, or the reason why a token is invalid. */
type Verified<C> = { readonly ok: true; readonly claims: C } | { readonly ok: false; readonly code: ErrorCode };

export interface IdentifyCallerDeps<C> {
  readonly verify: (token: string) => Verified<C> | Promise<Verified<C>>;
  /** The caller of a token from the cache; undefined if the store must be read. Throws `too-many-requests`. */
  readonly recall: (claims: C) => Caller | undefined;
  /** Whether the token is valid on this host, from the cache; undefined if the store must be read. */
  readonly recallHost: (host: string, tenantId: string) => boolean | undefined;
  /** The caller from the store. Throws `session-ended`, `user-disabled`, `token-of-other-tenant`, `too-many-requests`. */
  readonly load: (claims: C, host: string) => Promise<Caller>;
}

/**
 * Finds the caller of a token that was sent to this host. Answers without a promise if the caches are enough.
 *
 * Throws, or rejects with, `token-malformed`, `token-expired`, `token-invalid`, `token-not-yet-valid`, and the codes of `recall` and
 * `load`.
 */
export type IdentifyCaller = (token: string, host: string) => Caller | Promise<Caller>;

/** Creates the function that finds the caller of a token. */
export function createIdentifyCaller<C>({ verify, recall, recallHost, load }: IdentifyCallerDeps<C>): IdentifyCaller {
  function callerOf(verified: Verified<C>, host: string): Caller | Promise<Caller> {
    if (!verified.ok) throw new AppError(verified.code);
    const caller = recall(verified.claims);
    return caller && recallHost(host, caller.tenantId) === true ? caller : load(verified.claims, host);
  }

  return (token, host) => {
    const verified = verify(token);
    return verified instanceof Promise ? verified.then((late) => callerOf(late, host)) : callerOf(verified, host);
  };
}
