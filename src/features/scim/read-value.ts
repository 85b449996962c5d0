import { isPlainText } from '../../http/input/fields.ts';
import { findByName } from './attribute-names.ts';
import type { Attribute, ScimComplex, ScimScalar, ScimValue } from './scim.types.ts';
import { invalidSyntax, invalidValue } from './scim-error.ts';

const maxCharacters = 256;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The members of a JSON object by their names in small letters: names of SCIM have no letter case.
 *
 * Throws `invalidSyntax` if a name occurs twice, because two readers could then see two different bodies.
 */
export function membersOf(body: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const entries = Object.entries(body);
  const members = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
  if (members.size < entries.length) throw invalidSyntax('The body has a name twice, in different letter case.');
  return members;
}

/**
 * Reads a value of an attribute. Unknown sub-attributes are ignored. Undefined stands for "no value": null, an empty text, an empty list,
 * an object without known sub-attributes.
 *
 * Texts have at most 256 characters and no control characters. Booleans may be written as "True" and "False", as Entra does.
 * Throws `invalidValue`, and `invalidSyntax` for a name that occurs twice.
 */
export function readValue(attribute: Attribute, value: unknown): ScimValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (attribute.multiValued) {
    const elements = readElements(attribute, value);
    return elements.length > 0 ? elements : undefined;
  }
  return attribute.type === 'complex' ? readComplex(attribute, value) : readScalar(attribute, value);
}

/** Reads one value of a simple attribute. */
export function readScalar({ name, type }: Attribute, value: unknown): ScimScalar | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (type === 'boolean') {
    const word = typeof value === 'string' ? value.toLowerCase() : value;
    if (word === true || word === 'true') return true;
    if (word === false || word === 'false') return false;
    throw invalidValue(`${name} must be true or false.`);
  }
  if (!isPlainText(value) || /\p{Cc}/u.test(value)) throw invalidValue(`${name} must be a text without control characters.`);
  if (Array.from(value).length > maxCharacters) throw invalidValue(`${name} must have at most ${maxCharacters} characters.`);
  return value;
}

/** Reads one value of a complex attribute. */
export function readComplex({ name, subAttributes }: Attribute, value: unknown): ScimComplex | undefined {
  if (!isObject(value)) throw invalidValue(`${name} must be an object.`);
  const members = membersOf(value);
  const found = subAttributes.flatMap((sub) => {
    const own = isWritten(sub) ? readScalar(sub, members.get(sub.name.toLowerCase())) : undefined;
    return own === undefined ? [] : [[sub.name, own] as const];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** References are not stored: answers have them computed from the ids. */
export function isWritten({ mutability, type }: Attribute): boolean {
  return mutability !== 'readOnly' && type !== 'reference';
}

/**
 * Reads the values of a multi-valued attribute, each once. One value may stand without a list, and a text for an object with it as `value`.
 *
 * A value without `value` is left out, unless the table requires it: then it throws `invalidValue`.
 */
export function readElements(attribute: Attribute, given: unknown): readonly ScimComplex[] {
  const { name, maxGiven, subAttributes } = attribute;
  const list: readonly unknown[] = Array.isArray(given) ? given : given === null || given === undefined ? [] : [given];
  if (list.length > maxGiven) throw invalidValue(`${name} must have at most ${maxGiven} values in one operation.`);
  const isRequired = findByName(subAttributes, 'value')?.required === true;
  const found = new Map<string, ScimComplex>();
  for (const each of list) {
    const element = readComplex(attribute, typeof each === 'string' ? { value: each } : each);
    if (element?.['value'] !== undefined) found.set(elementKeyOf(element), element);
    else if (isRequired) throw invalidValue(`Each of ${name} must have a value.`);
  }
  const elements = [...found.values()];
  if (elements.filter(({ primary }) => primary === true).length > 1) throw invalidValue(`Only one of ${name} can be primary.`);
  return elements;
}

/** Two values with the same key are the same value. The mark `primary` makes no difference. */
export function elementKeyOf({ primary: _primary, ...element }: ScimComplex): string {
  const { value, ...others } = element;
  return Object.keys(others).length === 0 && typeof value === 'string' ? value : JSON.stringify([value, Object.entries(others).sort()]);
}
