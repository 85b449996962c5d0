import { createAccess } from '../../engine/access.ts';
import type { AccessDeps } from '../../engine/access.ts';
import type { Caller } from '../../engine/caller.ts';
import type { ExplainedDecision } from '../../engine/explain.ts';
import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/table.ts';
import type { AccessFor } from './from-code.types.ts';
import type { NoPrincipal, PrincipalNow } from './principal-now.ts';

export interface AccessForDeps {
  /** Reads a user, or a client by its clientId. */
  readonly readNow: (id: string) => Promise<PrincipalNow | NoPrincipal>;
  readonly stored: AccessDeps['stored'];
  readonly explain: (caller: Caller, question: Parameters<AccessDeps['explain']>, ip: string | null) => Promise<ExplainedDecision>;
  /** ms since 1970 */
  readonly clock: () => number;
}

const codes: Readonly<Record<NoPrincipal, ErrorCode>> = {
  'unknown': 'user-not-found', 'disabled': 'user-disabled', 'tenant-inactive': 'tenant-not-found',
};

/** Creates the function that reads what a user may do, without a request. */
export function createAccessFor({ readNow, stored, explain, clock }: AccessForDeps): AccessFor {
  return async (userId) => {
    const readAt = new Date(clock());
    const found = await readNow(userId);
    if (typeof found === 'string') throw new AppError(codes[found]);
    const { caller, changesAt } = found;
    // A role that has ended must not count on, so the snapshot ends with it.
    const context = () => {
      const now = clock();
      if (changesAt && changesAt.getTime() <= now) throw new Error(
        `The access of ${userId} was read at ${readAt.toISOString()}, and an assignment has started or ended since: call accessFor again.`,
      );
      return { now, tenantId: caller.tenantId, subject: caller.attributes };
    };
    return {
      ...createAccess({ caller, context, stored, explain: (...question) => explain(caller, question, null) }),
      readAt, changesAt,
    };
  };
}
