import type { AttributeRef } from '../scim.types.ts';
import { textKeyOf } from '../text-keys.ts';
import type { KeyScalar, KeyValue, ScimKeys } from '../text-keys.ts';
import type { ComparisonOperator, ScimFilter } from './filter.types.ts';

/** Whether a resource, or one value of a complex attribute, fulfils a filter. `keys` are its values in the form of comparisons. */
export function matchesFilter(filter: ScimFilter, keys: ScimKeys): boolean {
  switch (filter.kind) {
    case 'and': return filter.parts.every((part) => matchesFilter(part, keys));
    case 'or': return filter.parts.some((part) => matchesFilter(part, keys));
    case 'not': return !matchesFilter(filter.part, keys);
    case 'present': return valuesAt(filter.at, keys).length > 0;
    case 'some': return listOf(keys[filter.at.attribute.name]).some((each) => isComplex(each) && matchesFilter(filter.filter, each));
    case 'compare': {
      const { at, operator, value } = filter;
      const operand = operandKeyOf(at, value);
      const values = valuesAt(at, keys);
      // The opposite of eq, also for several values and for none.
      if (operator === 'ne') return !values.some((each) => compares('eq', each, operand));
      return values.some((each) => compares(operator, each, operand));
    }
  }
}

/** The value of a comparison in the form in which it is compared. */
export function operandKeyOf({ attribute, sub }: AttributeRef, value: KeyScalar): KeyScalar {
  return typeof value === 'string' ? textKeyOf(sub ?? attribute, value) : value;
}

function valuesAt({ attribute, sub }: AttributeRef, keys: ScimKeys): readonly unknown[] {
  const values = listOf(keys[attribute.name]);
  if (!sub) return values;
  return values.flatMap((each) => (isComplex(each) ? each[sub.name] ?? [] : []));
}

type OneKey = Exclude<KeyValue, readonly unknown[]>;

function listOf(value: KeyValue | undefined): readonly OneKey[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value as readonly OneKey[] : [value as OneKey]; // the two halves of KeyValue
}

function isComplex(value: OneKey): value is Readonly<Record<string, KeyScalar>> {
  return typeof value === 'object' && !(value instanceof Date);
}

function compares(operator: Exclude<ComparisonOperator, 'ne'>, value: unknown, operand: KeyScalar): boolean {
  if (typeof value === 'string' && typeof operand === 'string') return comparesText(operator, value, operand);
  if (value instanceof Date && operand instanceof Date) return isOrdered(operator, value.getTime() - operand.getTime());
  return operator === 'eq' && value === operand;
}

function comparesText(operator: Exclude<ComparisonOperator, 'ne'>, value: string, operand: string): boolean {
  switch (operator) {
    case 'co': return value.includes(operand);
    case 'sw': return value.startsWith(operand);
    case 'ew': return value.endsWith(operand);
    // The database orders texts by their bytes.
    default: return isOrdered(operator, Buffer.compare(Buffer.from(value), Buffer.from(operand)));
  }
}

function isOrdered(operator: ComparisonOperator, difference: number): boolean {
  switch (operator) {
    case 'eq': return difference === 0;
    case 'gt': return difference > 0;
    case 'ge': return difference >= 0;
    case 'lt': return difference < 0;
    case 'le': return difference <= 0;
    default: return false;
  }
}
