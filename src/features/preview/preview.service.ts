import { parse } from 'node:querystring';
import type { ClientSession, Connection } from 'mongoose';
import { decideUrl } from '../../engine/decide.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Caller } from '../../engine/caller.ts';
import type { Change, ChangeService } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { RequestFacts, RouteDefinition } from '../../http/route/define-route.ts';
import { rehearse } from '../../platform/database/transactions.ts';
import type { EachHolder } from '../grants/each-principal.ts';
import { compareHoldings, effectiveHoldings } from './grants-difference.ts';
import type { Difference, EffectiveHoldings } from './grants-difference.ts';

/** A writing call, as it would be sent. */
export interface PreviewedCall {
  readonly method: string;
  /** With its query, if it has one. */
  readonly url: string;
  readonly body?: unknown;
}

/**
 * Answers who would gain and lose what by a call, without making it.
 *
 * Throws `not-previewable`, `right-missing` if the caller could not make the call, and all that the call itself would.
 */
export type Preview = (caller: Caller, call: PreviewedCall, request: RequestFacts) => Promise<Difference>;

export interface PreviewDeps {
  readonly connection: Connection;
  readonly registry: () => UrlRegistry;
  readonly changes: ChangeService;
  /** The URLs that change what users hold, on services that write through these changes. */
  readonly routesOf: (changes: ChangeService) => readonly RouteDefinition[];
  readonly eachHolder: EachHolder;
  readonly clock: () => number;
}

/** Makes the preview: it really makes the call, in a transaction that is undone, and compares what users hold before and after. */
export function createPreview({ connection, registry, changes, routesOf, eachHolder, clock }: PreviewDeps): Preview {
  /** Changes as part of a transaction that is open already, noted down. */
  function changesWithin(session: ClientSession, noted: Change[]): ChangeService {
    const within: ChangeService['within'] = (inner, actor, work) => changes.within(inner, actor, (tx) => work({
      ...tx,
      record(change) {
        noted.push(change);
        tx.record(change);
      },
    }));
    return { ...changes, within, transact: (actor, work) => within(session, actor, work) };
  }

  /** Throws `not-previewable`, `right-missing`, `permission-missing`, `policy-denies`. */
  function requireRoute(caller: Caller, { method, url }: PreviewedCall): { readonly isRoute: (route: RouteDefinition) => boolean; readonly query: unknown } {
    const [path = '', query = ''] = url.split('?', 2);
    const lookup = registry().lookUp(method, path);
    if (lookup.kind !== 'found' || !routesOf(changes).some((route) => isWrite(route) && isAt(route, lookup.endpoint))) throw new AppError('not-previewable');
    const decision = decideUrl(caller.grants, { endpoint: lookup.endpoint, path }, { now: clock(), tenantId: caller.tenantId, subject: caller.attributes });
    if (!decision.allowed) throw new AppError(decision.reason, { required: decision.required });
    return { isRoute: (route) => isAt(route, lookup.endpoint), query: parse(query) };
  }

  async function holdingsOfAll(tenantId: string, session: ClientSession, userIds: readonly string[] | null): Promise<Map<string, EffectiveHoldings>> {
    const effective = effectiveHoldings(registry());
    const all = new Map<string, EffectiveHoldings>();
    for await (const { holder, given } of eachHolder(tenantId, { session, ...(userIds && { userIds }) })) all.set(holder._id, effective(given));
    return all;
  }

  return async (caller, call, request) => {
    const { isRoute, query } = requireRoute(caller, call);
    const { tenantId } = caller;
    const run = async (session: ClientSession): Promise<Change[]> => {
      const noted: Change[] = [];
      const route = routesOf(changesWithin(session, noted)).find(isRoute);
      await route?.run({ params: {}, query, body: call.body ?? {} }, caller, request, () => undefined);
      return noted;
    };
    const noted = await rehearse(connection, run);
    const whose = noted.some(({ raisesPolicy }) => raisesPolicy) ? null : [...new Set(noted.flatMap(({ users = [] }) => users))];
    return rehearse(connection, async (session) => {
      const before = await holdingsOfAll(tenantId, session, whose);
      await run(session);
      return compareHoldings(before, await holdingsOfAll(tenantId, session, whose));
    });
  };
}

function isWrite({ method }: RouteDefinition): boolean {
  return method !== 'GET';
}

function isAt(route: RouteDefinition, { method, url }: { readonly method: string; readonly url: string }): boolean {
  return route.method === method && route.url === url;
}
