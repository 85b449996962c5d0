import { nearestOf } from './policies/attribute-values.ts';
import type { AttributePath } from './policies/attribute-values.ts';
import { wantsExistence, wholeValues } from './policies/condition.attribute.ts';
import type { AttributeOperator, Comparison } from './policies/condition.attribute.ts';
import type { DecisionContext } from './policies/decision-context.types.ts';
import type { Filter, Part } from './scope.types.ts';
import type { StoredAs } from './resources/stored-as.ts';
import type { Scalar } from './resources/stored-value.ts';

/** `holds` matches documents for which a condition holds, `isMissing` those for which it is `missing`. */
export interface AttributeFilters {
  readonly holds: Part;
  /** A function, because only a deny needs it. */
  readonly isMissing: () => Part;
}

/** Filters that all comparisons of one path share, by path. */
export type PathGuards = Map<string, PathGuard>;

interface PathGuard {
  readonly guard: readonly Filter[];
  readonly isList: readonly Filter[];
  /** The attribute is missing. */
  readonly isMissing: Filter;
  /** The attribute is missing, or has no order. */
  readonly hasNoOrder: Filter;
}

/** Converts a comparison with the resource to filters of its fields. */
export function attributeFilters(
  { left, operator, right }: Comparison, context: Omit<DecisionContext, 'resource'>, guards: PathGuards, stored: StoredAs,
): AttributeFilters {
  const known = guards.get(left.text) ?? guardOf(left, stored);
  guards.set(left.text, known);
  if (operator === 'exists') return existence(left, wantsExistence(right), known);
  return compared(left, operator, wholeValues(right, context), known, stored);
}

function compared(
  path: AttributePath, operator: Exclude<AttributeOperator, 'exists'>, values: readonly Scalar[] | 'missing',
  { guard, isList, isMissing, hasNoOrder }: PathGuard, stored: StoredAs,
): AttributeFilters {
  if (values === 'missing') return { holds: false, isMissing: () => true };
  const field = fieldOf(path);
  const isOrder = operator === 'gt' || operator === 'lt';
  const matches = isOrder ? stored.beside(operator, field, nearestOf(operator, values)) : stored.equal(field, values);
  const unknown = isOrder ? hasNoOrder : isMissing;
  if (values.length === 0) {
    // No value can match, so only the presence of the attribute matters.
    const isWhole: Filter = { $and: [...guard, { $nor: [unknown] }] };
    return { holds: operator === 'ne' && isWhole, isMissing: () => ({ $nor: [isWhole] }) };
  }
  const fits: Filter = { $and: [...guard, matches] };
  const isUnknown = [...isList, { $and: [unknown, { $nor: [matches] }] }];
  return { holds: operator === 'ne' ? { $nor: [fits, ...isUnknown] } : fits, isMissing() { return { $or: isUnknown }; } };
}

function existence(path: AttributePath, isWanted: boolean, { guard, isList }: PathGuard): AttributeFilters {
  const holds: Filter = { $and: [...guard, { [fieldOf(path)]: { $exists: isWanted } }] };
  return { holds, isMissing: () => isList.length > 0 && { $or: isList } };
}

/** A list in the middle of a path counts as missing. Without this filter MongoDB would look into each of its elements. */
function guardOf(path: AttributePath, stored: StoredAs): PathGuard {
  const isList = path.above.map((field): Filter => ({ [field]: { $type: 'array' } }));
  const [isMissing, isBytes] = [stored.missing(fieldOf(path)), stored.bytes(fieldOf(path))];
  return { guard: isList.length > 0 ? [{ $nor: isList }] : [], isList, isMissing, hasNoOrder: { $or: [isMissing, isBytes] } };
}

/** `resource.id` is the `_id` of MongoDB. */
function fieldOf({ field }: AttributePath): string {
  return field === 'id' ? '_id' : field;
}
