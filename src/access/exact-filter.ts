import { nothing } from './scope.ts';
import type { Filter } from './scope.ts';

/**
 * Wraps a filter so that Mongoose passes it on as it is.
 *
 * Mongoose casts the values of a filter to the types of the schema and runs setters on them, which changes what they match. It looks
 * at the own keys of a filter: this one has none. The driver calls `toBSON`. What it matches is the same in `find`, `aggregate`, `$lookup` and the driver.
 */
export function exactFilter(filter: Filter): Filter {
  return filter === nothing ? filter : { $and: [new Uncast(filter)] };
}

/** A class, because Mongoose copies plain objects key by key and keeps the instances of others. */
class Uncast {
  readonly #filter: Filter;

  constructor(filter: Filter) {
    this.#filter = filter;
  }

  toBSON(): Filter {
    return this.#filter;
  }

  toJSON(): Filter {
    return this.#filter;
  }
}
