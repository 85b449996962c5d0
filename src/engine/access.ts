import type { AppError } from '../errors/errors.ts';
import type { Caller } from './caller.ts';
import type { Attributes, DecisionContext } from './policies/decision-context.types.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { ExplainedDecision } from './explain.ts';
import { writeExplanation } from './explanation.ts';
import type { Explanation } from './explanation.ts';
import { isRecentLogin } from './recent-login.ts';
import type { RecentLogin } from './recent-login.ts';
import { exactFilter } from './resources/exact-filter.ts';
import { readResource } from './resources/read-resource.ts';
import { scope } from './scope.ts';
import type { Filter } from './scope.types.ts';
import type { StoredAs } from './resources/stored-as.ts';

/**
 * The caller of a request, and what they may do now: `request.access`.
 *
 * It is the same in an app behind the gate and in a service that knows only a token. `attributes` are the fields of the
 * resource, as a plain object or a Mongoose document. If a condition needs a field that is missing, an allow does not apply and a
 * deny does.
 */
export interface Access {
  readonly caller: Caller;
  can(action: string, resource: string, attributes?: object): boolean;
  /** Like `can`, with the reason. */
  decide(action: string, resource: string, attributes?: object): Decision;
  /**
   * Returns a MongoDB filter that matches exactly the documents that the caller may act on. A document is the resource `RESOURCE/ID`.
   *
   * It compares values as they are stored, and Mongoose casts nothing in it. It therefore works in queries, aggregates, `$lookup`
   * and the driver.
   */
  scope(action: string, resource: string): Filter;
  /**
   * Explains a decision, in the form of `POST /permissions/explain`. A resource that begins with a slash is a URL, and its action is a
   * method: `explain('GET', '/items')`.
   *
   * Rejects with `unknown-url` if the URL is not registered, and with the error of the session if it has ended meanwhile.
   */
  explain(action: string, resource: string, attributes?: object): Promise<Explanation>;
  /** Whether the caller proved their identity recently: by a login, or by `POST /profile/confirm-identity`. A refresh does not count. */
  hasRecentLogin(demand: RecentLogin): boolean;
  /** Guards call this with the error that they sent, so that the refusal is recorded. */
  readonly noteRefusal?: ((error: AppError) => void) | undefined;
}

export interface AccessDeps extends Pick<Access, 'caller' | 'noteRefusal'> {
  /** Explains a decision, with attributes that were read. */
  readonly explain: (action: string, resource: string, attributes?: Attributes) => Promise<ExplainedDecision>;
  /** Returns the decision context without the resource. It is called for each decision. */
  readonly context: () => DecisionContext;
  readonly stored: StoredAs;
}

/** Creates the access of a caller. */
export function createAccess({ caller, context, stored, explain, noteRefusal }: AccessDeps): Access {
  const decideNow = (action: string, resource: string, attributes?: object): Decision =>
    decide(caller.grants, { action, resource }, attributes ? { ...context(), resource: readResource(attributes) } : context());
  return {
    caller,
    can: (action, resource, attributes) => decideNow(action, resource, attributes).allowed,
    decide: decideNow,
    scope: (action, resource) => exactFilter(scope(caller.grants, { action, resource }, context(), stored)),
    async explain(action, resource, attributes) {
      return writeExplanation(caller.userId, await explain(action, resource, attributes && readResource(attributes)));
    },
    hasRecentLogin: ({ seconds, level = 1 }) => isRecentLogin(caller.auth, seconds, level, context().now),
    ...(noteRefusal && { noteRefusal }),
  };
}

/**
 * Returns a function that gives each request its access. The access itself is created when it is first used.
 *
 * Most requests never use it, and creating its functions for each of them would cost time.
 */
export function accessOnDemand<From>(make: (caller: Caller, from: From) => Access): (caller: Caller, from: From) => Access {
  class AccessOnDemand implements Access {
    readonly caller: Caller;
    readonly #from: From;
    #made: Access | undefined;

    constructor(caller: Caller, from: From) {
      this.caller = caller;
      this.#from = from;
    }

    get #access(): Access {
      return (this.#made ??= make(this.caller, this.#from));
    }

    get can() { return this.#access.can; }
    get decide() { return this.#access.decide; }
    get scope() { return this.#access.scope; }
    get explain() { return this.#access.explain; }
    get hasRecentLogin() { return this.#access.hasRecentLogin; }
    get noteRefusal() { return this.#access.noteRefusal; }
  }
  return (caller, from) => new AccessOnDemand(caller, from);
}
