import type { Client } from './client.ts';

/** An operation of /openapi.json, as far as tests read it. */
export interface DocumentedOperation {
  readonly path: string;
  /** In upper case. */
  readonly method: string;
  readonly 'x-access': string;
  readonly parameters?: readonly { readonly name: string; readonly in: 'path' | 'query' }[];
  /** A form has no schema of JSON. */
  readonly requestBody?: { readonly content: { readonly 'application/json'?: { readonly schema: DocumentedBody } } };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export interface DocumentedBody {
  /** Absent of a list. */
  readonly properties?: Readonly<Record<string, object>>;
}

/** Reads every operation that a server documents. */
export async function documentedOperations(client: Client): Promise<DocumentedOperation[]> {
  const { body } = await client.get('/openapi.json', 200);
  type Operation = Omit<DocumentedOperation, 'path' | 'method'>;
  const paths = body['paths'] as Record<string, Record<string, Operation>>; // what an OpenAPI document is
  return Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods)
    .map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })));
}
