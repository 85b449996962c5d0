import { writableAttributes } from './attribute-names.ts';
import { isObject, membersOf, readValue } from './read-value.ts';
import { invalidSyntax, invalidValue, ScimError } from './scim-error.ts';
import type { ResourceType, ScimComplex, ScimValue, ScimValues } from './scim.types.ts';
import { isList } from './text-keys.ts';

/**
 * Reads the body of a POST or PUT (RFC 7644, sections 3.3 and 3.5.1).
 *
 * Attributes that are not in the table are ignored, and so are those that no client can write: `id`, `meta`, `groups`, `password`, `roles`.
 * With `before`, the resource that a PUT replaces: a body without `active` keeps it, so that nobody is enabled by leaving it out.
 *
 * Throws `invalidSyntax` for a body of another form, `invalidValue` for a value of another type or a missing required attribute.
 */
export function readResourceBody(type: ResourceType, body: unknown, before?: ScimValues): ScimValues {
  if (!isObject(body)) throw invalidSyntax('The body must be an object of JSON.');
  const members = membersOf(body);
  requireSchema(members, type.schema.urn);
  const ofExtension = new Map(type.extensions.map(({ urn, name }) => {
    const own = members.get(urn.toLowerCase()) ?? {};
    if (!isObject(own)) throw invalidValue(`The attributes of ${name} must be in an object.`);
    return [urn, membersOf(own)];
  }));
  const values = Object.fromEntries(writableAttributes(type).flatMap(({ attribute, schema }) => {
    const value = readValue(attribute, (ofExtension.get(schema.urn) ?? members).get(attribute.name.toLowerCase()));
    return value === undefined ? [] : [[attribute.name, value]];
  }));
  const active = before?.['active'];
  return requireWhole(type, active !== undefined && values['active'] === undefined ? { ...values, active } : values);
}

/** Throws `invalidSyntax` if a body does not name its schema. */
export function requireSchema(members: ReadonlyMap<string, unknown>, urn: string): void {
  const schemas: unknown = members.get('schemas');
  const names: readonly unknown[] = Array.isArray(schemas) ? schemas : [];
  const isNamed = names.some((name) => typeof name === 'string' && name.toLowerCase() === urn.toLowerCase());
  if (!isNamed) throw invalidSyntax(`The list schemas of the body must contain ${urn}.`);
}

/** Throws `invalidValue` if a required attribute is missing, and 413 if a list is too long. */
export function requireWhole(type: ResourceType, values: ScimValues): ScimValues {
  for (const { attribute: { name, required, maxValues } } of writableAttributes(type)) {
    const value = values[name];
    if (required && value === undefined) throw invalidValue(`${name} is required.`);
    if (listIn(value).length > maxValues) throw new ScimError(413, undefined, `${name} can have at most ${maxValues} values.`);
  }
  return values;
}

/** The e-mail address of a person: the primary one, else the one for work, else the first. It is not checked yet. */
export function chooseEmail({ emails }: ScimValues): string | undefined {
  const all = listIn(emails);
  const chosen = all.find(({ primary }) => primary === true) ?? all.find(isForWork) ?? all[0];
  return typeof chosen?.['value'] === 'string' ? chosen['value'] : undefined;
}

/** The e-mail address for work; undefined if there is none. */
export function workEmailOf({ emails }: ScimValues): string | undefined {
  const found = listIn(emails).find(isForWork);
  return typeof found?.['value'] === 'string' ? found['value'] : undefined;
}

function listIn(value: ScimValue | undefined): readonly ScimComplex[] {
  return value !== undefined && isList(value) ? value : [];
}

function isForWork({ type }: ScimComplex): boolean {
  return typeof type === 'string' && type.toLowerCase() === 'work';
}
