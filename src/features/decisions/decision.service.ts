import type { Caller } from '../../engine/caller.ts';
import type { DecisionContext } from '../../engine/policies/decision-context.types.ts';
import { decideUrl } from '../../engine/decide.ts';
import type { Decision, UrlRequest } from '../../engine/decide.ts';
import { explain } from '../../engine/explain.ts';
import type { ExplainedDecision } from '../../engine/explain.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import { memberOf } from '../../engine/grants/memberships-by-kind.ts';
import { decisionsIn } from '../../engine/meter.ts';
import type { Meter } from '../../engine/meter.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { AppError } from '../../errors/errors.ts';
import { readCursor, writeCursor } from '../../platform/database/queries/page.ts';
import type { ListName, PageRequest } from '../../platform/database/queries/page.ts';
import type { EffectiveGrants, EffectiveGrantsOf, SessionPrincipal } from '../grants/grants.types.ts';
import type { Check, Question } from './check.shape.ts';
import { decideRequest } from './decide-request.ts';
import type { BeginLongWork, LongWork } from './long-work.ts';
import type { NoSubject, SubjectCacheDeps, SubjectCache } from './subject-cache.ts';
import type { FindWhoCan, WhoCan } from './who-can.service.ts';

/** The answer to one question. It is a refusal for a user who is unknown or disabled, and for a URL that is not registered. */
export interface Answer {
  readonly allowed: boolean;
  readonly reason: Decision['reason'] | NoSubject | 'unknown-url';
}

/** An explanation, or why there is nothing to explain. */
export type Explained = { readonly explanation: ExplainedDecision } | { readonly reason: NoSubject | 'unknown-url' };

export interface PermissionService {
  /**
   * Answers in the order of the questions. Each user is read once, or taken from a cache.
   *
   * Throws `right-missing` if a question is about another user and the caller may not call POST /permissions/explain.
   */
  check(caller: Caller, checks: readonly Check[], ip: string): Promise<Answer[]>;
  explain(caller: Caller, userId: string, question: Question): Promise<Explained>;
  /**
   * Explains a decision about the caller of a request, who comes from this address.
   *
   * Throws `unknown-url`. Throws `user-not-found` or `user-disabled` if the caller has been removed or disabled in the meantime.
   */
  explainTo(caller: Caller, question: Question, ip: string | null): Promise<ExplainedDecision>;
  /** A page of the active users who are allowed. Throws `unknown-url`, and `invalid-input` for a cursor of another question. */
  whoCan(caller: Caller, question: Question, page: PageRequest): Promise<WhoCanAnswer>;
  /** The effective grants of a user or a client at this moment. Throws `user-not-found`. */
  effectiveGrantsOf(tenantId: string, userId: string): Promise<EffectiveGrants>;
}

export interface WhoCanAnswer {
  readonly items: readonly WhoCan[];
  readonly nextCursor: string | null;
  /** Whether this page and the pages before it name all users who are allowed. */
  readonly complete: boolean;
  /** How many users are allowed; 10,000 if there are more. */
  readonly count: number;
}

export interface PermissionServiceDeps {
  readonly findWhoCan: FindWhoCan;
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
  readonly findSubjects: SubjectCache['find'];
  readonly beginLongWork: BeginLongWork;
  /** Reads a user, or a client by its clientId, and the grants of the same moment. */
  readonly readWithGrants: (tenantId: string, userId: string) => Promise<EffectiveGrantsOf<SessionPrincipal> | undefined>;
  readonly attributesOf: SubjectCacheDeps['attributesOf'];
  /** Counts decisions of a call beyond the one that the gate has counted. A decision that compared more counts as several. */
  readonly spend: (tenantId: string, decisions: number) => void;
}

/** A decision that could compare more than this counts as long work. */
const heavyFrom = 100;

/** Creates the service that answers and explains questions about what principals may do. */
export function createPermissionService({
  findWhoCan, findSubjects, beginLongWork, spend, registry, clock, readWithGrants, attributesOf,
}: PermissionServiceDeps): PermissionService {
  async function explainAbout(
    tenantId: string, userId: string, question: Question, more: Pick<DecisionContext, 'ip' | 'meter'>,
  ): Promise<Explained> {
    const found = await readWithGrants(tenantId, userId);
    if (!found?.principal.isActive) return { reason: found ? 'user-disabled' : 'user-not-found' };
    const request = requestOf(registry(), question);
    if (!request) return { reason: 'unknown-url' };
    const { principal: user, granted, memberships } = found;
    const now = clock();
    const context = { now, tenantId, subject: attributesOf(user, rolesAt(user, now), memberOf(memberships)), ...more };
    return { explanation: explain(registry(), granted, request, aboutResource(context, question)) };
  }

  const payerOf = ({ homeTenantId, tenantId }: Caller) => (decisions: number): void => {
    if (decisions > 0) spend(homeTenantId ?? tenantId, decisions);
  };

  const contextOf = ({ tenantId, attributes }: Caller, ip: string): DecisionContext => ({
    now: clock(), tenantId, subject: attributes, ip,
  });

  return {
    async check(caller, checks, ip) {
      const pay = payerOf(caller);
      pay(checks.length - 1);
      const others = [...new Set(checks.flatMap(({ userId }) => (userId === undefined || userId === caller.userId ? [] : [userId])))];
      if (others.length > 0) requireExplain(registry(), caller, contextOf(caller, ip));
      const subjects = await findSubjects(caller.tenantId, others);
      const meter = { comparisons: 0 };
      const own = { ...contextOf(caller, ip), meter };
      const answerOne = (check: Check): Answer => {
        if (check.userId === undefined || check.userId === caller.userId) return answer(registry(), caller.grants, check, own);
        const subject = subjects.get(check.userId) ?? 'user-not-found';
        if (typeof subject === 'string') return { allowed: false, reason: subject };
        const context = { now: own.now, tenantId: caller.tenantId, subject: subject.attributes, meter };
        return answer(registry(), subject.grants, check, context);
      };
      const work = beginLongWork();
      const compiled = [
        caller.grants, ...[...subjects.values()].flatMap((subject) => (typeof subject === 'string' ? [] : [subject.grants])),
      ];
      if (compiled.some(isHeavy)) await work.pause();
      return answerInSlices(checks, answerOne, { work, meter, pay });
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
      const request = requestOf(registry(), question);
      if (!request) throw new AppError('unknown-url');
      const list: ListName = ['who-can', caller.tenantId, question];
      const from = cursor === undefined ? { wasCertain: true } : readPlace(readCursor(list, cursor, 'body.cursor'));
      const attributes = 'attributes' in question ? question.attributes : undefined;
      const { wasCertain, ...place } = from;
      const { items, after, isCertain, count, comparisons } = await findWhoCan(
        caller.tenantId, { request, limit, ...(attributes && { attributes }), ...place },
      );
      payerOf(caller)(decisionsIn(comparisons) - 1);
      const certain = wasCertain && isCertain;
      return {
        items, count, complete: certain && after === null,
        nextCursor: after === null ? null : writeCursor(list, `${certain ? '+' : '-'}${count}:${after}`),
      };
    },

    async effectiveGrantsOf(tenantId, userId) {
      const found = await readWithGrants(tenantId, userId);
      if (!found) throw new AppError('user-not-found');
      return found;
    },
  };
}

/** Undefined for a URL that is not registered. */
function requestOf(registry: UrlRegistry, question: Question): PermissionRequest | UrlRequest | undefined {
  if ('action' in question) return question;
  const lookup = registry.lookUp(question.method, question.url);
  return lookup.kind === 'found' ? { endpoint: lookup.endpoint, path: question.url } : undefined;
}

function answer(registry: UrlRegistry, grants: CompiledGrants, question: Question, context: DecisionContext): Answer {
  const request = requestOf(registry, question);
  if (!request) return { allowed: false, reason: 'unknown-url' };
  const { allowed, reason } = decideRequest(grants, request, aboutResource(context, question));
  return { allowed, reason };
}

interface SlicedWork {
  readonly work: LongWork;
  /** `answerOne` counts its comparisons here. */
  readonly meter: Meter;
  readonly pay: (decisions: number) => void;
}

/** Answers checks one after the other and lets other requests in between. Pays for each decision that compared much. */
async function answerInSlices(
  checks: readonly Check[], answerOne: (check: Check) => Answer, { work, meter, pay }: SlicedWork,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const check of checks) {
    if (work.isDue()) await work.pause();
    const before = meter.comparisons;
    answers.push(answerOne(check));
    pay(decisionsIn(meter.comparisons - before) - 1);
  }
  return answers;
}

/** Throws `right-missing` if the caller may not call POST /permissions/explain. */
function requireExplain(registry: UrlRegistry, caller: Caller, context: DecisionContext): void {
  const [endpoint] = registry.endpointsOf('/permissions/explain');
  const decision = endpoint && decideUrl(caller.grants, { endpoint }, context);
  if (!decision?.allowed) throw new AppError('right-missing', { required: 'POST /permissions/explain' });
}

/** Whether one decision can take milliseconds. Such a decision waits until no other long work runs. */
function isHeavy({ resources, urls }: CompiledGrants): boolean {
  return Math.max(resources.maxCost, urls.maxCost) > heavyFrom;
}

function aboutResource(context: DecisionContext, question: Question): DecisionContext {
  return 'attributes' in question && question.attributes ? { ...context, resource: question.attributes } : context;
}

/**
 * Reads from a cursor where to go on, the count of the first page, and whether the answer was certain so far.
 *
 * A forged cursor shows other users of the same tenant, whom the caller may see anyway.
 */
function readPlace(text: string): { readonly wasCertain: boolean; readonly after: string; readonly count: number } {
  const [, sign, count, after] = /^([+-])(\d{1,5}):(.+)$/s.exec(text) ?? [];
  if (after === undefined) throw new AppError('invalid-input', { errors: [{ field: 'body.cursor', message: 'belongs to another list' }] });
  return { wasCertain: sign === '+', after, count: Number(count) };
}
