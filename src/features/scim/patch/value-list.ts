import type { ScimFilter } from '../filter/filter.types.ts';
import { matchesFilter } from '../filter/match-filter.ts';
import { elementKeyOf } from '../read-value.ts';
import type { Attribute, ScimComplex } from '../scim.types.ts';
import { keyOfComplex } from '../text-keys.ts';

/** The values of a multi-valued attribute while operations change them. A value occurs once. */
export interface ValueList {
  readonly list: () => readonly ScimComplex[];
  /** Adds values at the end. Those that are there already stay in their place. */
  add(values: readonly ScimComplex[]): void;
  replaceAll(values: readonly ScimComplex[]): void;
  /** Removes the values with the same `value` as one of these. */
  removeSame(values: readonly ScimComplex[]): void;
  matching(filter: ScimFilter): readonly ScimComplex[];
  /** Puts another value in the place of each of these; undefined removes them. */
  change(values: readonly ScimComplex[], next: (value: ScimComplex) => ScimComplex | undefined): void;
}

/**
 * Creates the working list of an attribute. It finds values by their key, because a group has up to 10,000 members and a PATCH up to 1,000
 * operations.
 *
 * If a value becomes primary, the others are no longer so (RFC 7644, section 3.5.2). A value that lost its `value` is left out.
 */
export function createValueList(attribute: Attribute, given: readonly ScimComplex[]): ValueList {
  const isByValue = attribute.subAttributes.every(({ name, type }) => name === 'value' || type === 'reference');
  let values = new Map(given.map((each) => [elementKeyOf(each), each]));

  function put(next: readonly ScimComplex[], newest: readonly ScimComplex[]): void {
    const primary = newest.findLast((each) => each['primary'] === true);
    const isLosing = (each: ScimComplex) => primary !== undefined && each !== primary && each['primary'] === true;
    values = new Map(next.filter(({ value }) => value !== undefined).map((each) => [
      elementKeyOf(each), isLosing(each) ? { ...each, primary: false } : each,
    ]));
  }

  function add(added: readonly ScimComplex[]): void {
    if (added.some(({ primary }) => primary === true)) put([...values.values(), ...added], added);
    else for (const each of added) if (!values.has(elementKeyOf(each))) values.set(elementKeyOf(each), each);
  }

  function removeAll(removed: readonly ScimComplex[]): void {
    for (const each of removed) values.delete(elementKeyOf(each));
  }

  return {
    list: () => [...values.values()],
    add,
    replaceAll: (next) => put(next, next),
    removeSame(same) {
      const keys = new Set(same.map((each) => keyOfComplex(attribute, each)['value']));
      if (isByValue) removeAll(same);
      else put([...values.values()].filter((each) => !keys.has(keyOfComplex(attribute, each)['value'])), []);
    },
    matching(filter) {
      if (isByValue && filter.kind === 'compare' && filter.operator === 'eq' && typeof filter.value === 'string') {
        const found = values.get(filter.value);
        return found ? [found] : [];
      }
      return [...values.values()].filter((each) => matchesFilter(filter, keyOfComplex(attribute, each)));
    },
    change(changed, next) {
      const of = new Map(changed.map((each) => [each, next(each)]));
      const changes = [...of.values()].filter((each) => each !== undefined);
      if (isByValue && changes.length === 0) removeAll(changed);
      else put([...values.values()].map((each) => (of.has(each) ? of.get(each) : each)).filter((each) => each !== undefined), changes);
    },
  };
}
