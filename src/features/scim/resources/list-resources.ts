import type { ListRequest } from '../answers/list-response.ts';
import { writeList } from '../answers/list-response.ts';
import { readProjection } from '../answers/projection.ts';
import { writeResource } from '../answers/write-resource.ts';
import type { ScimAnswer } from '../answers/write-resource.ts';
import { findByName } from '../attribute-names.ts';
import type { ScimFilter } from '../filter/filter.types.ts';
import { parseFilter } from '../filter/parse-filter.ts';
import { ScimError } from '../scim-error.ts';
import type { ResourceType } from '../scim.types.ts';
import type { ScimResourceStore } from '../store/scim-resource.store.ts';
import type { ScimClient } from './scim-ports.types.ts';

/** A type with the store of its resources. */
export interface ListedType {
  readonly type: ResourceType;
  readonly store: Pick<ScimResourceStore, 'list'>;
}

/**
 * Lists the resources of one type, or of several one after the other: `/.search` asks for all (RFC 7644, section 3.4.3).
 *
 * Of several types, those without an attribute of the filter have no resource that fits. Throws `invalidFilter` if this is so for all of
 * them, and `invalidValue`.
 */
export async function listResources(types: readonly ListedType[], client: ScimClient, request: ListRequest, baseUrl: string) {
  const scope = { tenantId: client.tenantId, providerId: client.providerId };
  const asked = types.map((each) => (
    { ...each, projection: readProjection(each.type, request), filter: filterFor(each.type, request.filter) }));
  const faults = asked.flatMap(({ filter }) => (filter instanceof ScimError ? [filter] : []));
  if (faults[0] && faults.length === types.length) throw faults[0];
  const resources: ScimAnswer[] = [];
  let totalResults = 0;
  for (const { type, store, projection, filter } of asked) {
    if (filter instanceof ScimError) continue;
    const members = findByName(type.schema.attributes, 'members');
    const found = await store.list(scope, {
      ...(filter && { filter }), readsMembers: members !== undefined && projection.keeps(members),
      // The place of the page among the resources of this type.
      startIndex: Math.max(1, request.startIndex - totalResults), count: request.count - resources.length,
    });
    totalResults += found.totalResults;
    resources.push(...found.resources.map((each) => writeResource(type, each, { baseUrl, projection })));
  }
  return writeList(resources, { startIndex: request.startIndex, totalResults });
}

/** The filter for a type; the error if the type does not have it. */
function filterFor(type: ResourceType, text: string | undefined): ScimFilter | ScimError | undefined {
  try {
    return text === undefined ? undefined : parseFilter(type, text);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
}
