import type { AppError } from '../errors.ts';
import type { Caller } from './caller.ts';
import type { Attributes, Facts } from './condition.ts';
import { decide } from './decide.ts';
import type { Decision } from './decide.ts';
import type { Explanation } from './explain.ts';
import { scope } from './scope.ts';
import type { Filter } from './scope.ts';

/**
 * Who is asking, and what they may do at the moment at which one asks: `request.access`.
 *
 * The same in an app behind the gate and in a service that knows a token only. `attributes` are the fields of the
 * resource, as a plain object, such as a lean document: what a condition asks for and they do not tell makes an allow false and a deny true.
 */
export interface Access {
  readonly caller: Caller;
  can(action: string, resource: string, attributes?: Attributes): boolean;
  /** The same with what caused it. */
  decide(action: string, resource: string, attributes?: Attributes): Decision;
  /**
   * A filter of MongoDB for exactly the documents, each the resource `RESOURCE/ID`, that the caller may act on.
   *
   * Ids and times in it are text, as in a decision. Where the database stores others, the Mongoose plugin `accessibleBy` translates them.
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
  readonly facts: () => Facts;
}

/** Makes the access of a caller. */
export function createAccess({ caller, facts, explain, noteRefusal }: AccessDeps): Access {
  const decideNow = (action: string, resource: string, attributes?: Attributes): Decision =>
    decide(caller.grants, { action, resource }, attributes ? { ...facts(), resource: withId(attributes) } : facts());
  return {
    caller,
    can: (action, resource, attributes) => decideNow(action, resource, attributes).allowed,
    decide: decideNow,
    scope: (action, resource) => scope(caller.grants, { action, resource }, facts()),
    explain: (action, resource, attributes) => explain(action, resource, attributes && withId(attributes)),
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

/** As in a scope, `resource.id` is what MongoDB calls `_id`. */
function withId(attributes: Attributes): Attributes {
  return Object.hasOwn(attributes, '_id') ? { ...attributes, id: attributes['_id'] } : attributes;
}
