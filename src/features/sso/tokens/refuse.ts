import { randomBytes } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { ErrorCode } from '../../../errors/table.ts';
import { sourceOf } from '../../../http/request/client-ip.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import { tokenTracesPerSource } from '../../../platform/limits/limit.policy.ts';
import type { LimitKey, LimitPolicy } from '../../../platform/limits/limit.policy.ts';
import type { CheckedStep } from '../checks.ts';
import type { LoginTraces } from '../traces/login-trace.store.ts';

/** A token or a header that was refused. */
export interface Refused {
  /** Absent if it belongs to no provider. Then it is not traced. */
  readonly providerId?: string | undefined;
  readonly steps: readonly CheckedStep[];
  /** What is recorded: the reason, or the code with which a person does not get in. */
  readonly code: ErrorCode;
  /** What must not stand in a trace. */
  readonly secrets: readonly string[];
}

/** Records and traces a refusal. Answers the reference of the trace, if there is one. */
export type NoteRefused = (actor: Actor, refused: Refused) => Promise<{ readonly reference?: string }>;

export interface NoteRefusedDeps {
  readonly traces: Pick<LoginTraces, 'write'>;
  readonly tryToTake: (policy: LimitPolicy, key: LimitKey) => Promise<boolean>;
  /** Records a refused login. */
  readonly noteRefusal: (actor: Actor, code: ErrorCode) => void;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the refusals of tokens and headers. Anybody can send these without an end, so not each of them is traced. */
export function createNoteRefused({ traces, tryToTake, noteRefusal, clock }: NoteRefusedDeps): NoteRefused {
  return async (actor, { providerId, steps, code, secrets }) => {
    noteRefusal(actor, code);
    const { tenantId, ip } = actor;
    if (providerId === undefined || !await tryToTake(tokenTracesPerSource, { tenantId, subject: sourceOf(ip) })) return {};
    const reference = randomBytes(16).toString('base64url');
    await traces.write({ reference, tenantId, providerId, at: new Date(clock()), result: 'failed', code, steps }, secrets);
    return { reference };
  };
}

/** The step of a trace that says with which code a person does not get in. */
export function userStep(code: ErrorCode): CheckedStep {
  return { step: 'user', ok: false, expected: 'a user who gets in', received: code };
}

/** The codes with which a person whose proof is right does not get in. Any other error is a fault of the server. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'identity-not-allowed', 'link-required', 'user-disabled', 'tenant-full', 'email-taken', 'provider-not-found', 'session-ended',
]);

/** The code with which a person does not get in; null for any other error. */
export function refusalOf(error: unknown): ErrorCode | null {
  return error instanceof AppError && refusals.has(error.code) ? error.code : null;
}
