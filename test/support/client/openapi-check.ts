import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { closeAnswers, resolveResponse } from './closed-document.ts';
import type { PublishedDocument, Response as PublishedResponse } from './closed-document.ts';

interface Operation {
  readonly responses: Record<string, DescribedResponse>;
}

/** A response, and where it stands in the document. */
interface DescribedResponse extends PublishedResponse {
  readonly place: readonly string[];
}

interface Described {
  /** The name by which the validators of this document are found. */
  readonly id: string;
  /** The operations of each path by their methods in lower case. */
  readonly paths: readonly { readonly pattern: RegExp; readonly operations: Record<string, Operation> }[];
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
  const { id, paths } = await documentation();
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
  if (!response.content[type] && !response.content['*/*']) {
    fail(` as "${type}", /openapi.json names ${Object.keys(response.content).join(', ')}`);
  }
  if (!type.includes('json') || !response.content[type]) return;
  const validate = validatorOf(id, [...response.place, 'content', type, 'schema']);
  if (!validate(body)) fail(` with a body that does not fit /openapi.json: ${ajv.errorsText(validate.errors)}`);
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

/** What servers of this worker say, by the text of it: those that say the same share their validators. Compiling one takes some 20 ms. */
const byText = new Map<string, Described>();

/** The validator of the schema at a place of a document. What several schemas refer to is compiled once. */
function validatorOf(id: string, place: readonly string[]): ValidateFunction {
  const $ref = `${id}#/${place.map((part) => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')}`;
  const known = byPlace.get($ref) ?? ajv.compile({ $ref });
  byPlace.set($ref, known);
  return known;
}

const byPlace = new Map<string, ValidateFunction>();

function expectGateAnswer(method: string, path: string, { status, body }: DescribedAnswer): void {
  if (method === 'OPTIONS' && status === 204) return;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  if ([400, 404, 405, 503].includes(status) && typeof code === 'string') return;
  throw new Error(`${method} ${path} is no documented operation but answered ${status}: ${JSON.stringify(body)}`);
}

async function load(origin: string): Promise<Described> {
  const text = await (await fetch(`${origin}/openapi.json`)).text();
  const described = byText.get(text) ?? describe(JSON.parse(text) as PublishedDocument, `document-${byText.size}`); // an OpenAPI document
  byText.set(text, described);
  return described;
}

function describe(published: PublishedDocument, id: string): Described {
  const document = closeAnswers(published);
  ajv.addSchema({ components: document.components, paths: document.paths }, id);
  const paths = Object.entries(document.paths).map(([template, operations]) => ({
    pattern: patternOf(template),
    operations: Object.fromEntries(Object.entries(operations).map(([method, { responses }]) => [method, { responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, {
        ...resolveResponse(response, document),
        place: '$ref' in response ? response.$ref.split('/').slice(1) : ['paths', template, method, 'responses', status],
      }]),
    ) }])),
  }));
  return { id, paths };
}

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\{path\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}/?$`, 'i');
}

function findOperation(paths: Described['paths'], method: string, path: string): Operation | undefined {
  return paths.find(({ pattern, operations }) => operations[method.toLowerCase()] && pattern.test(path))?.operations[method.toLowerCase()];
}
