import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from './client.ts';

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const documents = new Map<string, Promise<{ readonly document: Document; readonly ajv: Ajv2020 }>>();

/** How many answers were held against the document, in this worker. */
export const documented = { answers: 0 };

/** Throws unless an answer is one that the server's own /openapi.json describes: status, content type and body. */
export async function expectDocumented(origin: string, method: string, path: string, answer: Answer): Promise<void> {
  const { document, ajv } = await documentOf(origin);
  const found = findOperation(document, method === 'HEAD' ? 'GET' : method, path.split('?', 1)[0] ?? '');
  // What no operation was reached for is answered by the gate, with a problem and nothing else.
  if (!found) { expectGateAnswer(method, path, answer); return; }
  const response = found.operation.responses[answer.status];
  if (!response) throw new Error(`${method} ${path} answered ${answer.status}, which /openapi.json does not name: ${JSON.stringify(answer.body)}`);
  documented.answers += 1;
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
  if (method === 'HEAD') return;
  if (!response.content) {
    if (answer.body !== '') throw new Error(`${method} ${path} answered ${answer.status} with a body, of which /openapi.json says nothing: ${JSON.stringify(answer.body)}`);
    return;
  }
  const media = response.content[type] ?? response.content['*/*'];
  if (!media) throw new Error(`${method} ${path} answered ${answer.status} as "${type}", /openapi.json names ${Object.keys(response.content).join(', ')}`);
  if (!type.includes('json')) return;
  const validate = validatorOf(ajv, media, document.components);
  if (!validate(answer.body)) throw new Error(`${method} ${path} answered ${answer.status} with a body that does not fit /openapi.json: ${ajv.errorsText(validate.errors)}: ${JSON.stringify(answer.body)}`);
}

const validators = new WeakMap<object, ValidateFunction>();

// Compiling a schema takes some 20 ms, and the same few are asked for thousands of times.
function validatorOf(ajv: Ajv2020, media: { readonly schema: object }, components: object): ValidateFunction {
  const known = validators.get(media);
  if (known) return known;
  const validate = ajv.compile({ ...media.schema, components });
  validators.set(media, validate);
  return validate;
}

function expectGateAnswer(method: string, path: string, { status, body }: Answer): void {
  if (method === 'OPTIONS' && status === 204) return;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  if (![400, 404, 405, 503].includes(status) || typeof code !== 'string') throw new Error(`${method} ${path} is no documented operation but answered ${status}: ${JSON.stringify(body)}`);
}

function documentOf(origin: string): Promise<{ document: Document; ajv: Ajv2020 }> {
  const known = documents.get(origin);
  if (known) return known;
  const loading = fetch(`${origin}/openapi.json`).then(async (response) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    return { document: await response.json() as Document, ajv };
  });
  documents.set(origin, loading);
  return loading;
}

function findOperation(document: Document, method: string, path: string): { operation: Operation } | null {
  for (const [template, operations] of Object.entries(document.paths)) {
    const pattern = new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{path\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
    const operation = operations[method.toLowerCase()];
    if (operation && pattern.test(path)) return { operation };
  }
  return null;
}
