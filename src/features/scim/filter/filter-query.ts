import type { AttributeRef } from '../scim.types.ts';
import type { ComparisonOperator, ScimFilter } from './filter.types.ts';
import { operandKeyOf } from './match-filter.ts';

/** A condition of a query of the database. */
export type FilterQuery = Readonly<Record<string, unknown>>;

/** Where a value is stored. */
type PathOf = (at: AttributeRef) => string;

/**
 * Compiles a filter to a condition on stored resources: their keys in `keys`, their id in `_id`. The query must name tenant and provider
 * too.
 *
 * It has plain comparisons and escaped patterns alone. Names of fields come from the table, never from the filter.
 */
export function toQuery(filter: ScimFilter): FilterQuery {
  return compile(filter, (at) => (at.attribute.name === 'id' ? '_id' : `keys.${pathWithin(at)}`));
}

function pathWithin({ attribute, sub }: AttributeRef): string {
  return sub ? `${attribute.name}.${sub.name}` : attribute.name;
}

function compile(filter: ScimFilter, pathOf: PathOf): FilterQuery {
  switch (filter.kind) {
    case 'and': return { $and: filter.parts.map((part) => compile(part, pathOf)) };
    case 'or': return { $or: filter.parts.map((part) => compile(part, pathOf)) };
    case 'not': return { $nor: [compile(filter.part, pathOf)] };
    // No empty list is stored.
    case 'present': return { [pathOf(filter.at)]: { $exists: true } };
    // Each stored value has a `value`. Without a field at the front, not every database takes $and, $or and $nor in $elemMatch.
    case 'some': return { [pathOf(filter.at)]: { $elemMatch: { value: { $exists: true }, $and: [compile(filter.filter, pathWithin)] } } };
    case 'compare': {
      const { at, operator, value } = filter;
      const operand = operandKeyOf(at, value);
      if (operator === 'ne') return { $nor: [{ [pathOf(at)]: { $eq: operand } }] };
      return { [pathOf(at)]: typeof operand === 'string' ? compareText(operator, operand) : { [comparisons[operator]]: operand } };
    }
  }
}

const comparisons = {
  eq: '$eq', gt: '$gt', ge: '$gte', lt: '$lt', le: '$lte',
  // Only texts have these, and a text takes the patterns below.
  co: '$eq', sw: '$eq', ew: '$eq',
} as const;

function compareText(operator: Exclude<ComparisonOperator, 'ne'>, operand: string): FilterQuery {
  const escaped = operand.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  switch (operator) {
    case 'co': return { $regex: escaped };
    case 'sw': return { $regex: `^${escaped}` };
    case 'ew': return { $regex: `${escaped}$` };
    default: return { [comparisons[operator]]: operand };
  }
}
