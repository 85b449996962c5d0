import type { Client } from './client.ts';
import { resolveResponse } from './closed-document.ts';
import type { PublishedDocument } from './closed-document.ts';

/** An operation of /openapi.json, as far as tests read it. */
export interface DocumentedOperation {
  readonly path: string;
  /** In upper case. */
  readonly method: string;
  readonly 'x-access': string;
  readonly operationId?: string;
  readonly tags?: readonly string[];
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
  const document = (await client.get('/openapi.json', 200)).body as unknown as PublishedDocument; // what an OpenAPI document is
  type Operation = Omit<DocumentedOperation, 'path' | 'method'>;
  return Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({
    ...operation as unknown as Operation, path, method: method.toUpperCase(),
    responses: Object.fromEntries(Object.entries(operation.responses).map(([status, each]) => [status, resolveResponse(each, document)])),
  })));
}
