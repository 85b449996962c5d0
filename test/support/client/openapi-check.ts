import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { closeAnswers, resolveResponse } from './closed-document.ts';
import type { PublishedDocument, PublishedOperation } from './closed-document.ts';

interface Media {
  readonly schema?: object;
}

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}

interface Components {
  readonly schemas: Record<string, object>;
}

interface Described {
  /** The operations of each path by their methods in lower case. */
  readonly paths: readonly { readonly pattern: RegExp; readonly operations: Record<string, Operation> }[];
  readonly components: Components;
}

/** The parts of an answer that /openapi.json describes. */
export interface DescribedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What one server says of itself at /openapi.json. All clients of that server share it, and no other server has it. */
export type Documentation = () => Promise<Described>;

/** Creates the documentation of the server at this origin. It is fetched when the first answer is checked. */
export function documentationOf(origin: string): Documentation {
  let loading: Promise<Described> | undefined;
  return () => loading ??= load(origin);
}

/** How many answers were held against the document, in this worker. */
export const documented = { answers: 0 };

/** Throws unless an answer is one that the server's own /openapi.json describes: status, content type and body. */
export async function expectDocumented(documentation: Documentation, method: string, path: string, answer: DescribedAnswer): Promise<void> {
  const { paths, components } = await documentation();
  const { status, headers, body } = answer;
  const operation = findOperation(paths, method === 'HEAD' ? 'GET' : method, path.split('?', 1)[0] ?? '');
  // What no operation was reached for is answered by the gate, with a problem and nothing else.
  if (!operation) { expectGateAnswer(method, path, answer); return; }
  // Routes with noHead have this answer of the gate, which no operation is reached for.
  if (method === 'HEAD' && status === 405) return;
  const fail = (reason: string): never => { throw new Error(`${method} ${path} answered ${status}${reason}: ${JSON.stringify(body)}`); };
  const response = operation.responses[status] ?? fail(', which /openapi.json does not name');
  documented.answers += 1;
  const type = (headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
  if (method === 'HEAD') return;
  if (!response.content) {
    if (body !== '') fail(' with a body, of which /openapi.json says nothing');
    return;
  }
  const media = response.content[type] ?? response.content['*/*']
    ?? fail(` as "${type}", /openapi.json names ${Object.keys(response.content).join(', ')}`);
  if (!type.includes('json')) return;
  const validate = validatorOf(media, components);
  if (!validate(body)) fail(` with a body that does not fit /openapi.json: ${ajv.errorsText(validate.errors)}`);
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

/**
 * Validators by the text of a schema with the components that it refers to.
 *
 * The text says all that a validator depends on, so servers that describe an answer alike share one. Compiling takes some 20 ms.
 */
const byText = new Map<string, ValidateFunction>();
const byMedia = new WeakMap<Media, ValidateFunction>();

function validatorOf(media: Media, components: Components): ValidateFunction {
  const known = byMedia.get(media);
  if (known) return known;
  const schema = withComponents({ ...media.schema }, components);
  const text = JSON.stringify(schema);
  const validate = byText.get(text) ?? ajv.compile(schema);
  byText.set(text, validate);
  byMedia.set(media, validate);
  return validate;
}

/** A schema that stands alone: with each component that it refers to, or that one of those refers to. */
function withComponents(schema: object, { schemas }: Components): object {
  const needed = new Map<string, object>();
  const add = (part: object): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      const component = schemas[name];
      if (!component || needed.has(name)) continue;
      needed.set(name, component);
      add(component);
    }
  };
  add(schema);
  return { ...schema, components: { schemas: Object.fromEntries(needed) } };
}

function expectGateAnswer(method: string, path: string, { status, body }: DescribedAnswer): void {
  if (method === 'OPTIONS' && status === 204) return;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  if ([400, 404, 405, 503].includes(status) && typeof code === 'string') return;
  throw new Error(`${method} ${path} is no documented operation but answered ${status}: ${JSON.stringify(body)}`);
}

async function load(origin: string): Promise<Described> {
  const response = await fetch(`${origin}/openapi.json`);
  const document = closeAnswers(await response.json() as PublishedDocument); // what an OpenAPI document is
  const { paths, components } = document;
  return { paths: Object.entries(paths).map(([template, operations]) => ({
    pattern: patternOf(template), operations: resolveEach(operations, document),
  })), components };
}

function resolveEach(operations: Record<string, PublishedOperation>, document: PublishedDocument): Record<string, Operation> {
  return Object.fromEntries(Object.entries(operations).map(([method, { responses }]) => [method, { responses: Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, resolveResponse(response, document)]),
  ) }]));
}

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{path\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}

function findOperation(paths: Described['paths'], method: string, path: string): Operation | undefined {
  return paths.find(({ pattern, operations }) => operations[method.toLowerCase()] && pattern.test(path))?.operations[method.toLowerCase()];
}
