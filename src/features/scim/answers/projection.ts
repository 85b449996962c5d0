import { findAttribute } from '../attribute-names.ts';
import { invalidValue } from '../scim-error.ts';
import type { Attribute, AttributeRef, ResourceType } from '../scim.types.ts';

/** Which attributes of a resource an answer has, beside `id` and `schemas`. */
export interface Projection {
  /** Whether an attribute is among them, or at least one of its sub-attributes. */
  keeps(attribute: Attribute): boolean;
  /** The same for a sub-attribute of an attribute that is kept. */
  keepsSub(attribute: Attribute, sub: Attribute): boolean;
}

/** The parameters of a request that choose attributes: names with commas between them, or lists of names. */
export interface ProjectionRequest {
  readonly attributes?: string | readonly string[] | undefined;
  readonly excludedAttributes?: string | readonly string[] | undefined;
}

const maxNames = 100;

/**
 * Reads which attributes an answer has (RFC 7644, section 3.9). Without a parameter, it has all. `id` and `schemas` are always among them.
 * A name may be that of a sub-attribute, or the URN of an extension. Unknown names are ignored.
 *
 * Throws `invalidValue` if both parameters are given, and for more than 100 names.
 */
export function readProjection(type: ResourceType, { attributes, excludedAttributes }: ProjectionRequest): Projection {
  if (attributes !== undefined && excludedAttributes !== undefined) {
    throw invalidValue('Give attributes or excludedAttributes, not both.');
  }
  if (attributes !== undefined) {
    const wanted = readNames(type, attributes);
    return {
      keeps: (attribute) => wanted.some((at) => at.attribute === attribute),
      keepsSub: (attribute, sub) => wanted.some((at) => at.attribute === attribute && (at.sub === undefined || at.sub === sub)),
    };
  }
  const unwanted = readNames(type, excludedAttributes ?? []);
  return {
    keeps: (attribute) => !unwanted.some((at) => at.attribute === attribute && at.sub === undefined),
    keepsSub: (attribute, sub) => !unwanted.some((at) => at.attribute === attribute && at.sub === sub),
  };
}

function readNames(type: ResourceType, given: string | readonly string[]): readonly AttributeRef[] {
  const names = typeof given === 'string' ? given.split(',') : given;
  if (names.length > maxNames) throw invalidValue(`An answer can be asked for at most ${maxNames} attributes.`);
  return names.flatMap((name): readonly AttributeRef[] => {
    const found = findAttribute(type, name.trim());
    if (found.kind === 'extension') return found.schema.attributes.map((attribute) => ({ attribute }));
    return found.kind === 'attribute' ? [found] : [];
  });
}
