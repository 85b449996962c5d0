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
  readonly isMissing: Part;
}

/** Filters that all comparisons of one path share, by path. */
export type PathGuards = Map<string, PathGuard>;

interface PathGuard {
  readonly guard: readonly Filter[];
  readonly isList: readonly Filter[];
}

/** Converts a comparison with the resource to filters of its fields. */
export function attributeFilters(
  { left, operator, right }: Comparison, context: Omit<DecisionContext, 'resource'>, guards: PathGuards, stored: StoredAs,
): AttributeFilters {
  const known = guards.get(left.text) ?? guardOf(left);
  guards.set(left.text, known);
  if (operator === 'exists') return existence(left, wantsExistence(right), known);
  return compared(left, operator, wholeValues(right, context), { ...known, stored });
}

interface Known extends PathGuard {
  readonly stored: StoredAs;
}

function compared(
  path: AttributePath, operator: Exclude<AttributeOperator, 'exists'>, values: readonly Scalar[] | 'missing',
  { guard, isList, stored }: Known,
): AttributeFilters {
  if (values === 'missing') return { holds: false, isMissing: true };
  const field = fieldOf(path);
  const isOrder = operator === 'gt' || operator === 'lt';
  const matches = isOrder ? stored.beside(operator, field, nearestOf(operator, values)) : stored.equal(field, values);
  const unknown: Filter = isOrder ? { $or: [stored.missing(field), stored.bytes(field)] } : stored.missing(field);
  if (values.length === 0) {
    // No value can match, so only the presence of the attribute matters.
    const isWhole: Filter = { $and: [...guard, { $nor: [unknown] }] };
    return { holds: operator === 'ne' && isWhole, isMissing: { $nor: [isWhole] } };
  }
  const fits: Filter = { $and: [...guard, matches] };
  const missing: Filter = { $or: [...isList, { $and: [unknown, { $nor: [matches] }] }] };
  return { holds: operator === 'ne' ? { $nor: [fits, missing] } : fits, isMissing: missing };
}

function existence(path: AttributePath, isWanted: boolean, { guard, isList }: PathGuard): AttributeFilters {
  const holds: Filter = { $and: [...guard, { [fieldOf(path)]: { $exists: isWanted } }] };
  return { holds, isMissing: isList.length > 0 ? { $or: isList } : false };
}

/** A list in the middle of a path counts as missing. Without this filter MongoDB would look into each of its elements. */
function guardOf({ above }: AttributePath): PathGuard {
  const isList = above.map((field): Filter => ({ [field]: { $type: 'array' } }));
  return { guard: isList.length > 0 ? [{ $nor: isList }] : [], isList };
}

/** `resource.id` is the `_id` of MongoDB. */
function fieldOf({ field }: AttributePath): string {
  return field === 'id' ? '_id' : field;
}
