import { parse } from 'node:querystring';
import { decideUrl } from '../../engine/decide.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Caller } from '../../engine/caller.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { AppError } from '../../errors/errors.ts';
import type { RequestFacts, RouteDefinition } from '../../http/route/define-route.ts';
import type { EachPrincipal } from '../grants/grants.types.ts';
import { compareGrants, createActiveGrants } from './grants-difference.ts';
import type { Difference, ActiveGrants } from './grants-difference.ts';

/** A writing call, as a client would send it. */
export interface PreviewedCall {
  readonly method: string;
  /** With its query, if it has one. */
  readonly url: string;
  readonly body?: unknown;
}

/**
 * Answers what users would gain and lose by a call, and changes nothing.
 *
 * Throws `not-previewable`. Throws `right-missing`, `permission-missing` or `policy-denies` if the caller may not make the call.
 * Throws also every error of the call itself.
 */
export type Preview = (caller: Caller, call: PreviewedCall, request: RequestFacts) => Promise<Difference>;

export interface PreviewDeps {
  readonly registry: () => UrlRegistry;
  readonly changes: Pick<ChangeService, 'rehearse'>;
  /** The routes that change the grants of users. */
  readonly routes: readonly RouteDefinition[];
  readonly eachPrincipal: EachPrincipal;
  readonly clock: () => number;
}

/** Creates the preview. It runs the real call in a transaction that is rolled back, and compares the grants before and after. */
export function createPreview({ registry, changes, routes, eachPrincipal, clock }: PreviewDeps): Preview {
  /** Throws `not-previewable`, `right-missing`, `permission-missing`, `policy-denies`. */
  function requireRoute(caller: Caller, { method, url }: PreviewedCall): { readonly route: RouteDefinition; readonly query: unknown } {
    const [path = '', query = ''] = url.split('?', 2);
    const lookup = registry().lookUp(method, path);
    const route = lookup.kind === 'found' ? routes.find((each) => isWrite(each) && isAt(each, lookup.endpoint)) : undefined;
    if (lookup.kind !== 'found' || !route) throw new AppError('not-previewable');
    const decision = decideUrl(
      caller.grants, { endpoint: lookup.endpoint, path }, { now: clock(), tenantId: caller.tenantId, subject: caller.attributes },
    );
    if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
    return { route, query: parse(query) };
  }

  async function activeGrantsOfAll(
    tenantId: string, session: ClientSession, userIds: readonly string[] | null,
  ): Promise<Map<string, ActiveGrants>> {
    const activeGrantsOf = createActiveGrants(registry());
    const all = new Map<string, ActiveGrants>();
    for await (const { principal, granted } of eachPrincipal(
      tenantId, { session, ...(userIds && { userIds }) },
    )) all.set(principal._id, activeGrantsOf(granted));
    return all;
  }

  return async (caller, call, request) => {
    const { route, query } = requireRoute(caller, call);
    const { tenantId } = caller;
    const run = () => route.run({ params: {}, query, body: call.body ?? {} }, caller, request, () => undefined);
    const { changes: recorded } = await changes.rehearse(run);
    const whose = recorded.some(({ raisesPolicy }) => raisesPolicy) ? null : [...new Set(recorded.flatMap(({ users = [] }) => users))];
    const { result } = await changes.rehearse(async (session) => {
      const before = await activeGrantsOfAll(tenantId, session, whose);
      await run();
      return compareGrants(before, await activeGrantsOfAll(tenantId, session, whose));
    });
    return result;
  };
}

export function isWrite({ method }: RouteDefinition): boolean {
  return method !== 'GET';
}

function isAt(route: RouteDefinition, { method, url }: { readonly method: string; readonly url: string }): boolean {
  return route.method === method && route.url === url;
}
