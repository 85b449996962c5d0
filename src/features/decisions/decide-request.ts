import { decide, decideUrl } from '../../engine/decide.ts';
import type { Decision, UrlRequest } from '../../engine/decide.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import type { DecisionContext } from '../../engine/policies/decision-context.types.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';

/** Decides about a permission or a URL. */
export function decideRequest(grants: CompiledGrants, request: PermissionRequest | UrlRequest, context: DecisionContext): Decision {
  return 'endpoint' in request ? decideUrl(grants, request, context) : decide(grants, request, context);
}
