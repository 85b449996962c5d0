import type { Filter } from '../filter/filter.types.ts';
import { readComplex, readElements, readScalar } from '../read-value.ts';
import { invalidValue, ScimError } from '../scim-error.ts';
import type { Attribute, AttributeRef, ScimComplex } from '../scim.types.ts';
import { invalidPath, mutability } from './patch-path.ts';
import type { PatchOperation } from './read-patch.ts';
import type { ValueList } from './value-list.ts';

type Change = Omit<PatchOperation, 'path'>;

/** Applies an operation to a multi-valued attribute. Throws as `applyPatch` does. */
export function changeElements(list: ValueList, change: Change, { attribute, sub, filter }: AttributeRef & { readonly filter?: Filter }): void {
  if (filter) return changeMatching(list, change, { attribute, ...(sub && { sub }) }, filter);
  if (sub) throw invalidPath(`A path into ${attribute.name} needs a filter that says which values it means.`);
  const { op, value } = change;
  const values = readElements(attribute, value);
  if (op === 'add') return list.add(values);
  if (op === 'replace') return list.replaceAll(values);
  // Entra names in the value which members it removes. To remove all of them instead would empty the group.
  if (value === undefined || value === null) list.replaceAll([]);
  else list.removeSame(values);
}

function changeMatching(list: ValueList, { op, value }: Change, { attribute, sub }: AttributeRef, filter: Filter): void {
  if (sub && sub.mutability !== 'readWrite') throw mutability(`${sub.name} of ${attribute.name} cannot change.`);
  const found = list.matching(filter);
  if (op === 'remove' || value === null) {
    return list.change(found, (each) => (sub ? without(each, sub) : undefined));
  }
  const given = sub ? subValue(sub, value) : elementValue(attribute, value);
  if (found.length > 0) {
    return list.change(found, (each) => (op === 'replace' && !sub ? given : { ...(sub ? without(each, sub) : each), ...given }));
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
  const [only, ...others]: readonly unknown[] = Array.isArray(value) ? value : [value];
  const element = others.length === 0 ? readComplex(attribute, only) : undefined;
  if (!element) throw invalidValue(`The operation on ${attribute.name} needs one value.`);
  return element;
}

/** The value that fulfils a filter of equalities, such as `{ type: 'work' }`: Entra adds addresses in this form. */
function valueFor(filter: Filter): ScimComplex {
  if (filter.kind === 'and') return Object.assign({}, ...filter.parts.map(valueFor)) as ScimComplex; // each part is one
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.value instanceof Date) throw noTarget();
  return { [filter.at.attribute.name]: filter.value };
}

function noTarget(): ScimError {
  return new ScimError(400, 'noTarget', 'No value fulfils the filter of the path.');
}
