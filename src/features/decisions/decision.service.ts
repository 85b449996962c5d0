import type { Caller } from '../../engine/caller.ts';
import type { DecisionContext } from '../../engine/policies/decision-context.types.ts';
import { decide, decideUrl } from '../../engine/decide.ts';
import type { Decision, UrlRequest } from '../../engine/decide.ts';
import { explain } from '../../engine/explain.ts';
import type { Explanation } from '../../engine/explain.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import { memberOf } from '../../engine/grants/memberships-by-kind.ts';
import { decisionsIn } from '../../engine/meter.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { AppError } from '../../errors/errors.ts';
import { readCursor, writeCursor } from '../../platform/database/queries/page.ts';
import type { ListName, PageRequest } from '../../platform/database/queries/page.ts';
import type { SessionPrincipal, EffectiveGrants, GrantResolver } from '../grants/grants.types.ts';
import type { Check, Question } from './check.shape.ts';
import type { BeginLongWork } from './long-work.ts';
import type { NoSubject, SubjectCacheDeps, SubjectCache } from './subject-cache.ts';
import type { FindWhoCan, WhoCan } from './who-can.service.ts';

/** The answer to one question; nobody may do anything who is unknown or disabled, and no URL that is not registered may be called. */
export interface Answer {
  readonly allowed: boolean;
  readonly reason: Decision['reason'] | NoSubject | 'unknown-url';
}

/** An explanation, or why there is nothing to explain. */
export type Explained = { readonly explanation: Explanation } | { readonly reason: NoSubject | 'unknown-url' };

export interface PermissionService {
  /**
   * Answers in the order of the questions; each user is read once, or taken from memory as callers are.
   *
   * Who may explain others may check others. Throws `right-missing`.
   */
  check(caller: Caller, checks: readonly Check[], ip: string): Promise<Answer[]>;
  explain(caller: Caller, userId: string, question: Question): Promise<Explained>;
  /**
   * Explains a decision about the caller of a request, who comes from this address.
   *
   * Throws `unknown-url`, and `user-not-found` or `user-disabled` for who is so by now.
   */
  explainTo(caller: Caller, question: Question, ip: string | null): Promise<Explanation>;
  /** The active users who may. Throws `unknown-url`, and `invalid-input` for a cursor of another question. */
  whoCan(caller: Caller, question: Question, page: PageRequest): Promise<WhoCanAnswer>;
  /** What a user or a client holds at this moment. Throws `user-not-found`. */
  effectiveGrantsOf(tenantId: string, userId: string): Promise<EffectiveGrants>;
}

export interface WhoCanAnswer {
  readonly items: readonly WhoCan[];
  readonly nextCursor: string | null;
  /** Whether these, and those of the pages before, are all who may. */
  readonly complete: boolean;
}

export interface PermissionServiceDeps {
  readonly findWhoCan: FindWhoCan;
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
  readonly findSubjects: SubjectCache['find'];
  readonly beginLongWork: BeginLongWork;
  readonly resolveGrants: GrantResolver['resolveGrants'];
  /** Users, and clients by their clientId; unknown ids are left out. */
  readonly readUsers: (tenantId: string, userIds: readonly string[]) => Promise<SessionPrincipal[]>;
  readonly attributesOf: SubjectCacheDeps['attributesOf'];
  /** Counts the decisions of a call beyond the one that the gate has counted, each by how much it compared. */
  readonly spend: (tenantId: string, decisions: number) => void;
}

/** Comparisons of one decision from which on it counts as long work. */
const heavyFrom = 100;

/** Creates the service that answers and explains questions about what principals may do. */
export function createPermissionService({
  findWhoCan, findSubjects, beginLongWork, spend, registry, clock, resolveGrants, readUsers, attributesOf,
}: PermissionServiceDeps): PermissionService {
  /** Undefined for a URL that is not registered. */
  function requestOf(question: Question): PermissionRequest | UrlRequest | undefined {
    if ('action' in question) return question;
    const lookup = registry().lookUp(question.method, question.url);
    return lookup.kind === 'found' ? { endpoint: lookup.endpoint, path: question.url } : undefined;
  }

  function answer(grants: CompiledGrants, question: Question, context: DecisionContext): Answer {
    const request = requestOf(question);
    if (!request) return { allowed: false, reason: 'unknown-url' };
    const about = aboutResource(context, question);
    const { allowed, reason } = 'endpoint' in request ? decideUrl(grants, request, about) : decide(grants, request, about);
    return { allowed, reason };
  }

  async function explainAbout(
    tenantId: string, userId: string, question: Question, more: Pick<DecisionContext, 'ip' | 'meter'>,
  ): Promise<Explained> {
    const [user] = await readUsers(tenantId, [userId]);
    if (!user?.isActive) return { reason: user ? 'user-disabled' : 'user-not-found' };
    const request = requestOf(question);
    if (!request) return { reason: 'unknown-url' };
    const effective = await resolveGrants(user);
    const now = clock();
    const context = { now, tenantId, subject: attributesOf(user, rolesAt(user, now), memberOf(effective.memberships)), ...more };
    return { explanation: explain(registry(), effective.granted, request, aboutResource(context, question)) };
  }

  /** Whether one decision can take milliseconds: it waits until no other long work runs. */
  const isHeavy = ({ resources, urls }: CompiledGrants): boolean => Math.max(resources.maxCost, urls.maxCost) > heavyFrom;

  const payerOf = ({ homeTenantId, tenantId }: Caller) => (decisions: number): void => { if (decisions > 0) spend(
    homeTenantId ?? tenantId, decisions,
  ); };

  const contextOf = ({ tenantId, attributes }: Caller, ip: string): DecisionContext => ({
    now: clock(), tenantId, subject: attributes, ip,
  });

  function requireExplain(caller: Caller, ip: string): void {
    const [endpoint] = registry().endpointsOf('/permissions/explain');
    const decision = endpoint && decideUrl(caller.grants, { endpoint }, contextOf(caller, ip));
    if (!decision?.allowed) throw new AppError('right-missing', { required: 'POST /permissions/explain' });
  }

  return {
    async check(caller, checks, ip) {
      const pay = payerOf(caller);
      pay(checks.length - 1);
      const others = [...new Set(checks.flatMap(({ userId }) => (userId === undefined || userId === caller.userId ? [] : [userId])))];
      if (others.length > 0) requireExplain(caller, ip);
      const subjects = await findSubjects(caller.tenantId, others);
      const meter = { comparisons: 0 };
      const own = { ...contextOf(caller, ip), meter };
      const answerOne = (check: Check): Answer => {
        if (check.userId === undefined || check.userId === caller.userId) return answer(caller.grants, check, own);
        const subject = subjects.get(check.userId) ?? 'user-not-found';
        return typeof subject === 'string' ? { allowed: false, reason: subject } : answer(
          subject.grants, check, { now: own.now, tenantId: caller.tenantId, subject: subject.attributes, meter },
        );
      };
      const work = beginLongWork();
      const compiled = [
        caller.grants, ...[...subjects.values()].flatMap((subject) => (typeof subject === 'string' ? [] : [subject.grants])),
      ];
      if (compiled.some(isHeavy)) await work.pause();
      const answers: Answer[] = [];
      for (const check of checks) {
        if (work.isDue()) await work.pause();
        const before = meter.comparisons;
        answers.push(answerOne(check));
        pay(decisionsIn(meter.comparisons - before) - 1);
      }
      return answers;
    },

    async explain(caller, userId, question) {
      const meter = { comparisons: 0 };
      const explained = await explainAbout(caller.tenantId, userId, question, { meter });
      payerOf(caller)(decisionsIn(meter.comparisons) - 1);
      return explained;
    },

    async explainTo({ tenantId, userId }, question, ip) {
      const explained = await explainAbout(tenantId, userId, question, { ip });
      if ('reason' in explained) throw new AppError(explained.reason);
      return explained.explanation;
    },

    async whoCan(caller, question, { limit, cursor }) {
      const request = requestOf(question);
      if (!request) throw new AppError('unknown-url');
      const list: ListName = ['who-can', caller.tenantId, question];
      const from = cursor === undefined ? { wasCertain: true } : readPlace(readCursor(list, cursor, 'body.cursor'));
      const attributes = 'attributes' in question ? question.attributes : undefined;
      const { items, after, isCertain, comparisons } = await findWhoCan(
        caller.tenantId, { request, limit, ...(attributes && { attributes }), ...(from.after !== undefined && { after: from.after }) },
      );
      payerOf(caller)(decisionsIn(comparisons) - 1);
      const certain = from.wasCertain && isCertain;
      return {
        items, nextCursor: after === null ? null : writeCursor(list, `${certain ? '+' : '-'}${after}`), complete: certain && after === null,
      };
    },

    async effectiveGrantsOf(tenantId, userId) {
      const [user] = await readUsers(tenantId, [userId]);
      if (!user) throw new AppError('user-not-found');
      return resolveGrants(user);
    },
  };
}

function aboutResource(context: DecisionContext, question: Question): DecisionContext {
  return 'attributes' in question && question.attributes ? { ...context, resource: question.attributes } : context;
}

/** Where to go on, and whether everybody before was certain; a made-up cursor gives other users of the same tenant, nothing more. */
function readPlace(text: string): { readonly wasCertain: boolean; readonly after?: string } {
  return { wasCertain: text.startsWith('+'), after: text.slice(1) };
}
