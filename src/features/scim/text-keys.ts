import type { Attribute, ScimComplex, ScimResource, ScimScalar, ScimValue, ResourceType } from './scim.types.ts';
import { writableAttributes } from './attribute-names.ts';

/** A value in the form in which it is compared. */
export type KeyScalar = ScimScalar | Date;
export type KeyValue = KeyScalar | Readonly<Record<string, KeyScalar>> | readonly Readonly<Record<string, KeyScalar>>[];

/** The values of a resource in the form in which filters compare them, by the names of the attributes in the table. */
export type ScimKeys = Readonly<Record<string, KeyValue>>;

/** The form in which a text is compared: without differences of letter case, unless the attribute is `caseExact`. */
export function textKeyOf({ caseExact }: Pick<Attribute, 'caseExact'>, text: string): string {
  return caseExact ? text : text.normalize('NFC').toLowerCase().normalize('NFC');
}

/** The keys of a resource, which are stored beside its values. The id is not among them. */
export function keysOf(type: ResourceType, { values, createdAt, changedAt }: Omit<ScimResource, 'id'>): ScimKeys {
  const written = writableAttributes(type).flatMap(({ attribute }) => {
    const value = values[attribute.name];
    return value === undefined ? [] : [[attribute.name, keyOfValue(attribute, value)] as const];
  });
  return { ...Object.fromEntries(written), meta: { resourceType: type.name, created: createdAt, lastModified: changedAt } };
}

function keyOfValue(attribute: Attribute, value: ScimValue): KeyValue {
  if (typeof value === 'string') return textKeyOf(attribute, value);
  if (typeof value === 'boolean') return value;
  return isList(value) ? value.map((each) => keyOfComplex(attribute, each)) : keyOfComplex(attribute, value);
}

/** The keys of one value of a complex attribute. */
export function keyOfComplex({ subAttributes }: Attribute, value: ScimComplex): Readonly<Record<string, ScimScalar>> {
  return Object.fromEntries(subAttributes.flatMap((sub) => {
    const own = value[sub.name];
    return own === undefined ? [] : [[sub.name, typeof own === 'string' ? textKeyOf(sub, own) : own]];
  }));
}

/** Whether a value is that of a multi-valued attribute. */
export function isList(value: ScimValue): value is readonly ScimComplex[] {
  return Array.isArray(value);
}
