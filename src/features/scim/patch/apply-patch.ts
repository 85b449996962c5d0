import { findByName, writableAttributes } from '../attribute-names.ts';
import { isObject, membersOf, readComplex, readScalar } from '../read-value.ts';
import { requireWhole } from '../read-resource.ts';
import { invalidValue, ScimError } from '../scim-error.ts';
import type { Attribute, ResourceType, ScimComplex, ScimSchema, ScimValue, ScimValues } from '../scim.types.ts';
import { isList } from '../text-keys.ts';
import { changeElements } from './change-elements.ts';
import { invalidPath, mutability, readPatchPath } from './patch-path.ts';
import type { PatchTarget } from './patch-path.ts';
import type { PatchOperation } from './read-patch.ts';
import { createValueList } from './value-list.ts';
import type { ValueList } from './value-list.ts';

/** The values of a resource while operations change them. */
interface Draft {
  readonly single: Map<string, ScimValue>;
  readonly lists: ReadonlyMap<string, ValueList>;
}

/**
 * Applies the operations of a PATCH (RFC 7644, section 3.5.2) to the values of a resource, and returns the new values. The old ones stay as
 * they are, so that an operation that fails undoes all of them.
 *
 * - A path that names nothing in the table is `invalidPath`, one that no client can write is `mutability`. An attribute of RFC 7643 that
 *   Gatehouse does not keep is passed over. Without a path, unknown names are passed over, as in the body of a POST.
 * - The names in a value without a path may be paths themselves, as Entra writes them: `{ "name.givenName": "Ann" }`.
 * - Removing what is not there changes nothing. Replacing it is `noTarget`, if a filter names it.
 *
 * Throws `invalidPath`, `invalidFilter`, `invalidValue`, `mutability`, `noTarget`.
 */
export function applyPatch(type: ResourceType, values: ScimValues, operations: readonly PatchOperation[]): ScimValues {
  const attributes = writableAttributes(type).map(({ attribute }) => attribute);
  const draft: Draft = {
    single: new Map(Object.entries(values).filter(([, value]) => !isList(value))),
    lists: new Map(attributes.filter(({ multiValued }) => multiValued).map((attribute) => {
      const value = values[attribute.name];
      return [attribute.name, createValueList(attribute, value !== undefined && isList(value) ? value : [])];
    })),
  };
  for (const operation of operations) applyOperation(type, draft, operation);
  const changed = attributes.flatMap(({ name, multiValued }) => {
    const list = multiValued ? draft.lists.get(name)?.list() ?? [] : [];
    const value = multiValued ? (list.length > 0 ? list : undefined) : draft.single.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return requireWhole(type, Object.fromEntries(changed));
}

function applyOperation(type: ResourceType, draft: Draft, operation: PatchOperation): void {
  const { op, path, value } = operation;
  if (path === undefined) {
    if (op === 'remove') throw new ScimError(400, 'noTarget', 'An operation that removes needs a path.');
    applyEach(type, draft, op, value);
    return;
  }
  const target = readPatchPath(type, path);
  switch (target.kind) {
    case 'unknown': throw invalidPath('The path names no attribute of this resource type.');
    case 'read-only': throw mutability('The path names an attribute that cannot be written.');
    case 'ignored': break;
    case 'extension':
      if (op === 'remove') removeExtension(draft, target.schema);
      else applyExtension(draft, op, target.schema, value);
      break;
    case 'attribute': applyToAttribute(draft, operation, target);
  }
}

/** Applies a value without a path: each of its names is a path. */
function applyEach(type: ResourceType, draft: Draft, op: 'add' | 'replace', value: unknown): void {
  if (!isObject(value)) throw invalidValue('Without a path, the value of an operation must be an object.');
  for (const [name, own] of membersOf(value)) {
    const target = readPatchPath(type, name);
    if (target.kind === 'extension') applyExtension(draft, op, target.schema, own);
    if (target.kind === 'attribute') applyToAttribute(draft, { op, value: own }, target);
  }
}

function applyExtension(draft: Draft, op: 'add' | 'replace', { name, attributes }: ScimSchema, value: unknown): void {
  if (!isObject(value)) throw invalidValue(`The attributes of ${name} must be in an object.`);
  for (const [member, own] of membersOf(value)) {
    const attribute = findByName(attributes, member);
    if (attribute) applyToAttribute(draft, { op, value: own }, { kind: 'attribute', attribute });
  }
}

function removeExtension({ single }: Draft, { attributes }: ScimSchema): void {
  for (const { name } of attributes) single.delete(name);
}

type AttributeTarget = Extract<PatchTarget, { kind: 'attribute' }>;

function applyToAttribute(draft: Draft, { op, value }: Omit<PatchOperation, 'path'>, target: AttributeTarget): void {
  const { attribute, sub } = target;
  if (op !== 'remove' && value === undefined) throw invalidValue(`The operation on ${attribute.name} needs a value.`);
  const list = draft.lists.get(attribute.name);
  // Null stands for "no value" (RFC 7643, section 2.5).
  const isRemoving = op === 'remove' || value === null;
  if (list) changeElements(list, { op, value }, target);
  else if (op === 'add' && value === null) return;
  else if (sub) setSubs(draft, attribute, isRemoving ? {} : withSub(sub, value), [sub]);
  else if (isRemoving) removeSingle(draft, attribute);
  else if (attribute.type !== 'complex') setSingle(draft, attribute, readScalar(attribute, value));
  // The given sub-attributes replace the old ones, and the others stay.
  else setSubs(draft, attribute, readComplex(attribute, value) ?? {}, namedSubs(attribute, value));
}

function withSub(sub: Attribute, value: unknown) {
  const own = readScalar(sub, value);
  return own === undefined ? {} : { [sub.name]: own };
}

function namedSubs({ subAttributes }: Attribute, value: unknown): readonly Attribute[] {
  return isObject(value) ? Object.keys(value).flatMap((name) => findByName(subAttributes, name) ?? []) : [];
}

/** Writes those of `given` that are named, and removes the other named ones. */
function setSubs(draft: Draft, attribute: Attribute, given: ScimComplex, named: readonly Attribute[]): void {
  const before = draft.single.get(attribute.name);
  const names = new Set(named.map(({ name }) => name));
  const kept = typeof before === 'object' && !isList(before) ? Object.entries(before).filter(([name]) => !names.has(name)) : [];
  const after = Object.fromEntries([...kept, ...Object.entries(given)]);
  setSingle(draft, attribute, Object.keys(after).length > 0 ? after : undefined);
}

function setSingle(draft: Draft, attribute: Attribute, value: ScimValue | undefined): void {
  if (value === undefined) removeSingle(draft, attribute);
  else draft.single.set(attribute.name, value);
}

function removeSingle({ single }: Draft, { name, required }: Attribute): void {
  if (required) throw mutability(`${name} is required and cannot be removed.`);
  single.delete(name);
}
