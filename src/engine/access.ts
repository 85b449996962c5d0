import type { AppError } from '../errors/errors.ts';
import type { Caller } from './caller.ts';
import type { Attributes, DecisionContext } from './policies/condition.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { Explanation } from './explain.ts';
import { exactFilter } from './resources/exact-filter.ts';
import { readResource } from './resources/read-resource.ts';
import { scope } from './scope.ts';
import type { Filter } from './scope.ts';
import type { StoredAs } from './resources/stored-as.ts';

/**
 * Who is asking, and what they may do at the moment at which one asks: `request.access`.
 *
 * The same in an app behind the gate and in a service that knows a token only. `attributes` are the fields of the
 * resource, as a plain object or a document of Mongoose. What a condition asks for and they do not tell makes an allow false and a
 * deny true.
 */
export interface Access {
  readonly caller: Caller;
  can(action: string, resource: string, attributes?: Attributes): boolean;
  /** The same with what caused it. */
  decide(action: string, resource: string, attributes?: Attributes): Decision;
  /**
   * A filter of MongoDB for exactly the documents, each the resource `RESOURCE/ID`, that the caller may act on.
   *
   * It matches values as they are stored, and Mongoose casts nothing in it: it is the same for queries, aggregates, `$lookup` and
   * the driver.
   */
  scope(action: string, resource: string): Filter;
  /**
   * Says why or why not. A resource that begins with a slash is a URL, and its action a method: `explain('GET', '/items')`.
   *
   * Rejects with `unknown-url` for a URL that is not registered, and with what ends a session meanwhile.
   */
  explain(action: string, resource: string, attributes?: Attributes): Promise<Explanation>;
  /** Told by guards what they answered instead of the route, for the record. */
  readonly noteRefusal?: ((error: AppError) => void) | undefined;
}

export interface AccessDeps extends Pick<Access, 'caller' | 'explain' | 'noteRefusal'> {
  /** What is known at this moment besides the resource; called when a question is asked, and not before. */
  readonly context: () => DecisionContext;
  readonly stored: StoredAs;
}

/** Makes the access of a caller. */
export function createAccess({ caller, context, stored, explain, noteRefusal }: AccessDeps): Access {
  const decideNow = (action: string, resource: string, attributes?: Attributes): Decision =>
    decide(caller.grants, { action, resource }, attributes ? { ...context(), resource: readResource(attributes) } : context());
  return {
    caller,
    can: (action, resource, attributes) => decideNow(action, resource, attributes).allowed,
    decide: decideNow,
    scope: (action, resource) => exactFilter(scope(caller.grants, { action, resource }, context(), stored)),
    explain: (action, resource, attributes) => explain(action, resource, attributes && readResource(attributes)),
    ...(noteRefusal && { noteRefusal }),
  };
}

/**
 * Makes the function that gives every request its access, which is made when it is first asked for more than the caller.
 *
 * Most requests never ask, and making functions for each of them is what would cost something.
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
    get noteRefusal() { return this.#access.noteRefusal; }
  }
  return (caller, from) => new AccessOnDemand(caller, from);
}
