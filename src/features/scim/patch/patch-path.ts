import { findAttribute, findByName } from '../attribute-names.ts';
import { ignoredAttributes, readOnlyNames } from '../attributes.ts';
import { parseValueFilter } from '../filter/parse-filter.ts';
import type { ScimFilter } from '../filter/filter.types.ts';
import { ScimError } from '../scim-error.ts';
import type { AttributeRef, ResourceType, ScimSchema } from '../scim.types.ts';

/** What the path of an operation points at. With a filter: the values of a multi-valued attribute that fulfil it. */
export type PatchTarget =
  | ({ readonly kind: 'attribute'; readonly filter?: ScimFilter } & AttributeRef)
  | { readonly kind: 'extension'; readonly schema: ScimSchema }
  /** An attribute of RFC 7643 that Gatehouse does not keep. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'read-only' }
  | { readonly kind: 'unknown' };

const maxCharacters = 1_024;

/** Creates the error of a path that points at nothing in the table. */
export function invalidPath(detail: string): ScimError {
  return new ScimError(400, 'invalidPath', detail);
}

/** Creates the error of a change that the characteristics of an attribute forbid. */
export function mutability(detail: string): ScimError {
  return new ScimError(400, 'mutability', detail);
}

/**
 * Reads a path (RFC 7644, section 3.5.2) such as `name.givenName`, `emails[type eq "work"].value`, or the URN of an extension.
 *
 * Throws `invalidPath` for a path of another form, `invalidFilter` for the filter in it.
 */
export function readPatchPath(type: ResourceType, path: string): PatchTarget {
  if (path.length > maxCharacters) throw invalidPath(`A path has at most ${maxCharacters} characters.`);
  const [, name = '', filterText, subName] = /^([^[\]"]+?)(?:\[(.*)\](?:\.([^.[\]"]+))?)?$/s.exec(path) ?? [];
  const found = findAttribute(type, name);
  if (found.kind === 'unknown') return { kind: kindOfUnknown(found.local) };
  if (found.kind === 'extension') return filterText === undefined ? found : { kind: 'unknown' };
  if (found.attribute.mutability === 'readOnly') return { kind: 'read-only' };
  if (filterText === undefined) return found;
  const { attribute } = found;
  if (!attribute.multiValued || found.sub) throw invalidPath('Only an attribute with several values can have a filter in a path.');
  const sub = subName === undefined ? undefined : findByName(attribute.subAttributes, subName);
  if (subName !== undefined && !sub) return { kind: 'unknown' };
  return { kind: 'attribute', attribute, ...(sub && { sub }), filter: parseValueFilter(attribute, filterText) };
}

function kindOfUnknown(local: string | undefined): 'ignored' | 'read-only' | 'unknown' {
  if (local === undefined) return 'unknown';
  return ignoredAttributes.has(local) ? 'ignored' : readOnlyNames.has(local) ? 'read-only' : 'unknown';
}
