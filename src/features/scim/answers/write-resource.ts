import { commonAttributes } from '../attributes.ts';
import { findByName, writableAttributes } from '../attribute-names.ts';
import type { Attribute, ResourceType, ScimComplex, ScimResource, ScimValue } from '../scim.types.ts';
import { isList } from '../text-keys.ts';
import type { Projection } from './projection.ts';

/** A resource in answers. */
export type ScimAnswer = Readonly<Record<string, unknown>>;

export interface AnswerForm {
  /** Where SCIM is served, without a slash at the end: `https://gatehouse.example/scim/v2`. */
  readonly baseUrl: string;
  /** Absent: everything. */
  readonly projection?: Projection;
}

const everything: Projection = { keeps: () => true, keepsSub: () => true };

/** The URL of a resource. */
export function resourceUrl({ endpoint }: Pick<ResourceType, 'endpoint'>, id: string, baseUrl: string): string {
  return `${baseUrl}${endpoint}/${id}`;
}

/** Converts a resource to its form in answers (RFC 7643, section 3). */
export function writeResource(
  type: ResourceType, { id, values, createdAt, changedAt }: ScimResource, { baseUrl, projection = everything }: AnswerForm,
): ScimAnswer {
  const kept = writableAttributes(type).flatMap(({ attribute, schema }) => {
    const value = values[attribute.name];
    const shown = value === undefined || !projection.keeps(attribute) ? undefined : shownValue(attribute, value, projection, baseUrl);
    return shown === undefined ? [] : [{ schema, entry: [attribute.name, shown] as const }];
  });
  const entriesOf = (urn: string) => kept.filter(({ schema }) => schema.urn === urn).map(({ entry }) => entry);
  const extensions = type.extensions.map(({ urn }) => [urn, entriesOf(urn)] as const).filter(([, entries]) => entries.length > 0);
  const meta = metaOf(projection, {
    resourceType: type.name, created: createdAt.toISOString(), lastModified: changedAt.toISOString(),
    location: resourceUrl(type, id, baseUrl),
  });
  return {
    schemas: [type.schema.urn, ...extensions.map(([urn]) => urn)], id, ...Object.fromEntries(entriesOf(type.schema.urn)),
    ...Object.fromEntries(extensions.map(([urn, entries]) => [urn, Object.fromEntries(entries)])), ...(meta && { meta }),
  };
}

function shownValue(attribute: Attribute, value: ScimValue, projection: Projection, baseUrl: string): unknown {
  if (typeof value !== 'object') return value;
  if (!isList(value)) return shownComplex(attribute, value, projection);
  const [target] = findByName(attribute.subAttributes, '$ref')?.referenceTypes ?? [];
  const shown = value.map((each) => shownComplex(attribute, withReference(each, target, baseUrl), projection))
    .filter((each) => each !== undefined);
  return shown.length > 0 ? shown : undefined;
}

/** Values that name a resource of the type `target` get its URL. */
function withReference(value: ScimComplex, target: string | undefined, baseUrl: string): ScimComplex {
  return target === undefined ? value : { ...value, $ref: resourceUrl({ endpoint: `/${target}s` }, String(value['value']), baseUrl) };
}

function shownComplex(attribute: Attribute, value: ScimComplex, projection: Projection): ScimComplex | undefined {
  const entries = attribute.subAttributes.flatMap((sub) => {
    const own = value[sub.name];
    return own !== undefined && projection.keepsSub(attribute, sub) ? [[sub.name, own] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function metaOf(projection: Projection, meta: ScimComplex): ScimComplex | undefined {
  const attribute = findByName(commonAttributes, 'meta');
  return attribute && projection.keeps(attribute) ? shownComplex(attribute, meta, projection) : undefined;
}
