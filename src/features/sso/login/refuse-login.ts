import type { ErrorCode } from '../../../errors/table.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { CheckedStep } from '../checks.ts';
import type { LoginTraceWriter, NoteRefusal } from './login-ports.types.ts';

/** A login that came back. */
export interface ReturnedLogin {
  /** Acts in the tenant of the provider. */
  readonly actor: Actor;
  readonly providerId: string;
  readonly reference: string;
  /** Set-Cookie headers that end the transaction. */
  readonly cookies: readonly string[];
  /** What must not stand in a trace. */
  readonly secrets: readonly string[];
}

export interface RefusedLogin {
  readonly kind: 'refused';
  /** `sso-refused`, or the code with which somebody who proved who they are does not get in. */
  readonly code: ErrorCode;
  /** By this, an administrator finds why. */
  readonly reference: string;
  readonly cookies: readonly string[];
}

export interface RefuseLoginDeps {
  readonly traces: LoginTraceWriter;
  readonly noteRefusal: NoteRefusal;
  /** Whether an answer that belongs to no login of its browser may still be traced: false after 60 in a minute from one source. */
  readonly mayTrace: (actor: Actor) => Promise<boolean>;
  readonly clock: () => number;
}

/** Creates the refusals of logins: each is recorded and traced. */
export function createRefuseLogin({ traces, noteRefusal, mayTrace, clock }: RefuseLoginDeps) {
  async function refuse(returned: ReturnedLogin, code: ErrorCode, steps: readonly CheckedStep[]): Promise<RefusedLogin> {
    const { actor, providerId, reference, cookies, secrets } = returned;
    noteRefusal(actor, code);
    await traces.write(
      { reference, tenantId: actor.tenantId, providerId, at: new Date(clock()), result: 'failed', code, steps }, secrets,
    );
    return { kind: 'refused', code, reference, cookies };
  }

  return {
    refuse,
    /** The same for an answer that belongs to no login of its browser. Anybody can send these without an end, so not each is traced. */
    async refuseForeign(returned: ReturnedLogin, steps: readonly CheckedStep[]): Promise<RefusedLogin> {
      if (await mayTrace(returned.actor)) return refuse(returned, 'sso-refused', steps);
      noteRefusal(returned.actor, 'sso-refused');
      return { kind: 'refused', code: 'sso-refused', reference: returned.reference, cookies: returned.cookies };
    },
  };
}
