import type { AttributeRef } from '../scim.types.ts';
import type { ComparisonOperator, ScimFilter } from './filter.types.ts';
import { invalidFilter } from './filter-tokens.ts';
import type { FilterToken } from './filter-tokens.ts';

/** xsd:dateTime (RFC 7643, section 2.3.5). */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?$/;

const ofText: ReadonlySet<ComparisonOperator> = new Set(['co', 'sw', 'ew']);
const ofEquality: ReadonlySet<ComparisonOperator> = new Set(['eq', 'ne']);

/**
 * Reads the value of a comparison by the type of its attribute.
 *
 * A complex attribute is compared by its sub-attribute `value`. A comparison with null asks whether there is a value.
 * Throws `invalidFilter` for a value of another type, and for an operator that the type does not have.
 */
export function readOperand(named: AttributeRef, operator: ComparisonOperator, token: FilterToken): ScimFilter {
  const at = withValue(named, token);
  const { type } = at.sub ?? at.attribute;
  const wrong = () => invalidFilter(`The comparison before character ${token.place} of the filter does not fit the type of the attribute.`);
  const word = token.kind === 'word' ? token.text.toLowerCase() : undefined;
  if (word === 'null' && ofEquality.has(operator)) {
    const present: ScimFilter = { kind: 'present', at };
    return operator === 'ne' ? present : { kind: 'not', part: present };
  }
  if (type === 'boolean') {
    if ((word !== 'true' && word !== 'false') || !ofEquality.has(operator)) throw wrong();
    return { kind: 'compare', at, operator, value: word === 'true' };
  }
  if (token.kind !== 'text' || type === 'reference') throw wrong();
  if (type === 'string') return { kind: 'compare', at, operator, value: token.text };
  const time = dateTime.test(token.text) ? Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(token.text) ? token.text : `${token.text}Z`) : Number.NaN;
  if (Number.isNaN(time) || ofText.has(operator)) throw wrong();
  return { kind: 'compare', at, operator, value: new Date(time) };
}

/** The sub-attribute `value` of a complex attribute that is named alone. */
function withValue(at: AttributeRef, { place }: FilterToken): AttributeRef {
  if (at.sub || at.attribute.type !== 'complex') return at;
  const sub = at.attribute.subAttributes.find(({ name }) => name === 'value');
  if (!sub) throw invalidFilter(`The attribute of the comparison before character ${place} of the filter has no value of its own.`);
  return { attribute: at.attribute, sub };
}
