import type { AttributeRef } from '../scim.types.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * A filter (RFC 7644, section 3.4.2.2), after its attributes were found in the table and its values were checked.
 *
 * "some": one value of a multi-valued attribute fulfils the filter. In that filter, `attribute` is a sub-attribute.
 */
export type ScimFilter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly ScimFilter[] }
  | { readonly kind: 'not'; readonly part: ScimFilter }
  | { readonly kind: 'present'; readonly at: AttributeRef }
  | { readonly kind: 'compare'; readonly at: AttributeRef; readonly operator: ComparisonOperator; readonly value: string | boolean | Date }
  | { readonly kind: 'some'; readonly at: AttributeRef; readonly filter: ScimFilter };
