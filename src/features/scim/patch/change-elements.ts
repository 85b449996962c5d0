import type { ScimFilter } from '../filter/filter.types.ts';
import { readComplex, readElements, readScalar } from '../read-value.ts';
import { invalidValue, ScimError } from '../scim-error.ts';
import type { Attribute, AttributeRef, ScimComplex } from '../scim.types.ts';
import { invalidPath, mutability } from './patch-path.ts';
import type { PatchOperation } from './read-patch.ts';
import type { ValueList } from './value-list.ts';

type Change = Omit<PatchOperation, 'path'>;

/** Applies an operation to a multi-valued attribute. Throws as `applyPatch` does. */
export function changeElements(list: ValueList, change: Change, target: AttributeRef & { readonly filter?: ScimFilter }): void {
  const { attribute, sub, filter } = target;
  if (filter) changeMatching(list, change, target, filter);
  else if (sub) throw invalidPath(`A path into ${attribute.name} needs a filter that says which values it means.`);
  else changeAll(list, change, attribute);
}

function changeAll(list: ValueList, { op, value }: Change, attribute: Attribute): void {
  const values = readElements(attribute, value);
  if (op === 'add') list.add(values);
  else if (op === 'replace') list.replaceAll(values);
  // Entra names in the value which members it removes. To remove all of them instead would empty the group.
  else if (value === undefined || value === null) list.replaceAll([]);
  else list.removeSame(values);
}

function changeMatching(list: ValueList, { op, value }: Change, { attribute, sub }: AttributeRef, filter: ScimFilter): void {
  if (sub && sub.mutability !== 'readWrite') throw mutability(`${sub.name} of ${attribute.name} cannot change.`);
  const found = list.matching(filter);
  if (op === 'remove' || value === null) {
    list.change(found, (each) => (sub ? without(each, sub) : undefined));
    return;
  }
  const given = sub ? subValue(sub, value) : elementValue(attribute, value);
  if (found.length > 0) {
    list.change(found, (each) => (op === 'replace' && !sub ? given : { ...(sub ? without(each, sub) : each), ...given }));
    return;
  }
  if (op === 'replace') throw noTarget();
  const added = { ...valueFor(filter), ...given };
  if (added['value'] === undefined) throw noTarget();
  list.add([added]);
}

function without(element: ScimComplex, sub: Attribute): ScimComplex {
  return Object.fromEntries(Object.entries(element).filter(([name]) => name !== sub.name));
}

function subValue(sub: Attribute, value: unknown): ScimComplex {
  const own = readScalar(sub, value);
  return own === undefined ? {} : { [sub.name]: own };
}

/** A value of the attribute, which may stand in a list of one. */
function elementValue(attribute: Attribute, value: unknown): ScimComplex {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const [only, ...others] = list;
  const element = others.length === 0 ? readComplex(attribute, only) : undefined;
  if (!element) throw invalidValue(`The operation on ${attribute.name} needs one value.`);
  return element;
}

/** The value that fulfils a filter of equalities, such as `{ type: 'work' }`: Entra adds addresses in this form. */
function valueFor(filter: ScimFilter): ScimComplex {
  if (filter.kind === 'and') return Object.assign({}, ...filter.parts.map(valueFor)) as ScimComplex; // each part is one
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.value instanceof Date) throw noTarget();
  return { [filter.at.attribute.name]: filter.value };
}

function noTarget(): ScimError {
  return new ScimError(400, 'noTarget', 'No value fulfils the filter of the path.');
}
