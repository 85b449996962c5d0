import { nothing } from '../scope.ts';
import type { Filter } from '../scope.types.ts';

/**
 * Wraps a filter so that Mongoose passes it on unchanged.
 *
 * Mongoose casts the values of a filter to the types of the schema and runs setters on them, which changes what they match.
 * The driver calls `toBSON`, which returns the filter itself: it matches the same in `find`, `aggregate`, `$lookup` and the
 * driver. A copy made key by key matches nothing. A copy made through JSON matches nothing, or the database refuses it.
 */
export function exactFilter(filter: Filter): Filter {
  return filter === nothing ? filter : { $and: [new Uncast(filter)] };
}

/** A class with its own tag, because Mongoose copies plain objects key by key and keeps other objects. */
class Uncast {
  /** The only visible field, so the only one that is copied. It matches nothing, and Mongoose finds nothing to cast in it. */
  readonly $nor = [{}];
  readonly #filter: Filter;

  constructor(filter: Filter) {
    this.#filter = filter;
  }

  get [Symbol.toStringTag](): string {
    return 'Scope';
  }

  toBSON(): Filter {
    return this.#filter;
  }

  /** For logs. Ids become text in it, which matches no stored id. */
  toJSON(): Filter {
    return { $nor: this.$nor, scope: this.#filter };
  }
}
