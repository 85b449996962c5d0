/** A response of an operation, or of `components/responses`. */
export interface Response {
  readonly content?: Record<string, { readonly schema?: object }>;
}

/** An operation with a reference in place of some responses. */
export interface PublishedOperation {
  readonly requestBody?: unknown;
  readonly responses: Record<string, Response | { readonly $ref: string }>;
}

/** The parts of /openapi.json that tests read. */
export interface PublishedDocument {
  readonly paths: Record<string, Record<string, PublishedOperation>>;
  readonly components: { readonly schemas: Record<string, object>; readonly responses?: Record<string, Response> };
}

/**
 * Closes the schemas of answers again, so that tests find a field that the server should not send.
 *
 * The published document is made of the closed one by leaving out `additionalProperties: false`. Every object of an answer that lists
 * its properties had it, which test/gatehouse/openapi.test.ts proves for the whole API.
 */
export function closeAnswers<D extends PublishedDocument>(document: D): D {
  const { paths, components } = document;
  const requested = referredBy(Object.values(paths).flatMap((each) => Object.values(each)).map(({ requestBody }) => requestBody), document);
  const schemas = Object.entries(components.schemas)
    .map(([name, schema]) => [name, requested.has(name) ? schema : closed(schema)] as const);
  return {
    ...document,
    paths: Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, { ...operation, responses: closed(operation.responses) }]),
    )])),
    components: {
      ...components, schemas: Object.fromEntries(schemas), ...(components.responses && { responses: closed(components.responses) }),
    },
  };
}

/** The response that a reference means. */
export function resolveResponse(response: Response | { readonly $ref: string }, { components }: PublishedDocument): Response {
  if (!('$ref' in response)) return response;
  const found = components.responses?.[response.$ref.replace('#/components/responses/', '')];
  if (!found) throw new Error(`/openapi.json has no ${response.$ref}.`);
  return found;
}

function closed<T>(part: T): T {
  if (Array.isArray(part)) return (part as unknown[]).map(closed) as T; // the same list with closed items
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([name, value]) => [name, closed(value as unknown)] as const);
  const isClosed = 'type' in part && part.type === 'object' && 'properties' in part && !('additionalProperties' in part);
  return Object.fromEntries([...entries, ...(isClosed ? [['additionalProperties', false] as const] : [])]) as T; // the same object, closed
}

/** The names of the schemas that some parts refer to, also through other schemas. */
function referredBy(parts: readonly unknown[], { components: { schemas } }: PublishedDocument): Set<string> {
  const found = new Set<string>();
  const look = (part: unknown): void => {
    for (const [, name = ''] of (part === undefined ? '' : JSON.stringify(part)).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      look(schemas[name]);
    }
  };
  parts.forEach(look);
  return found;
}
