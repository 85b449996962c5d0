import type { Caller } from '../engine/caller.ts';
import { AppError } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/errors.ts';

/** What a token says, or why it is not to be believed. */
type Verified<C> = { readonly ok: true; readonly claims: C } | { readonly ok: false; readonly code: ErrorCode };

export interface IdentifyCallerDeps<C> {
  readonly verify: (token: string) => Verified<C> | Promise<Verified<C>>;
  /** Whom the token is for, from memory; undefined where the store must be asked. Throws `too-many-requests`. */
  readonly recall: (claims: C) => Caller | undefined;
  /** Whether the host is one where the token counts, from memory; undefined where the store must be asked. */
  readonly recallHost: (host: string, tenantId: string) => boolean | undefined;
  /** The same from the store. Throws `session-ended`, `user-disabled`, `token-of-other-tenant`, `too-many-requests`. */
  readonly load: (claims: C, host: string) => Promise<Caller>;
}

/**
 * Who a token speaks for that was sent to this host: at once where memory may say so, else as soon as the store has answered.
 *
 * Throws, or rejects with, `token-malformed`, `token-expired`, `token-invalid`, `token-not-yet-valid`, and what `recall` and `load` throw.
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
