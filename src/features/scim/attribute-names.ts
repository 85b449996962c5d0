import { commonAttributes } from './attributes.ts';
import type { Attribute, AttributeRef, ResourceType, ScimSchema } from './scim.types.ts';

/** What the name of an attribute stands for. `local` is the name without the URN of its schema, in small letters. */
export type NamedAttribute =
  | ({ readonly kind: 'attribute' } & AttributeRef)
  | { readonly kind: 'extension'; readonly schema: ScimSchema }
  | { readonly kind: 'unknown'; readonly local: string | undefined };

/**
 * Finds an attribute by a name such as `userName`, `name.givenName` or `urn:...:enterprise:2.0:User:department` (RFC 7644, section 3.10).
 * Letter case makes no difference. Attributes of an extension need its URN.
 *
 * It looks in the table alone, so `__proto__` and `constructor` are unknown like any other name.
 */
export function findAttribute(type: ResourceType, name: string): NamedAttribute {
  const wanted = name.toLowerCase();
  const extension = type.extensions.find(({ urn }) => wanted === urn.toLowerCase());
  if (extension) return { kind: 'extension', schema: extension };
  const schema = [type.schema, ...type.extensions].find(({ urn }) => wanted.startsWith(`${urn.toLowerCase()}:`));
  const local = schema ? wanted.slice(schema.urn.length + 1) : wanted;
  const found = findIn(attributesOfSchema(type, schema), local);
  if (found) return { kind: 'attribute', ...found };
  return { kind: 'unknown', local: !schema && local.startsWith('urn:') ? undefined : local.split('.')[0] };
}

/** The attributes that can be named by the URN of a schema, or without one. */
function attributesOfSchema(type: ResourceType, schema = type.schema): readonly Attribute[] {
  return schema === type.schema ? [...commonAttributes, ...schema.attributes] : schema.attributes;
}

function findIn(attributes: readonly Attribute[], local: string): AttributeRef | undefined {
  const [name, subName, ...more] = local.split('.');
  const attribute = findByName(attributes, name ?? '');
  if (!attribute || more.length > 0) return undefined;
  if (subName === undefined) return { attribute };
  const sub = findByName(attribute.subAttributes, subName);
  return sub && { attribute, sub };
}

/** The attribute of a list with a name in any letter case. */
export function findByName(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

/** All attributes that a client can write, with their schema, in the order of answers. */
export function writableAttributes(type: ResourceType): readonly { readonly attribute: Attribute; readonly schema: ScimSchema }[] {
  const common = commonAttributes.filter(({ mutability }) => mutability !== 'readOnly');
  return [
    ...[...common, ...type.schema.attributes].map((attribute) => ({ attribute, schema: type.schema })),
    ...type.extensions.flatMap((schema) => schema.attributes.map((attribute) => ({ attribute, schema }))),
  ];
}
