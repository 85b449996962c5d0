import type { z } from 'zod';
import type { Caller } from '../../engine/caller.ts';
import type { Method } from '../../engine/urls/method.ts';
import { parsePattern } from '../../engine/urls/url-pattern.ts';
import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/errors.ts';
import type { ErrorForm } from '../response/oauth-error.ts';
import { maxBodyBytes as defaultBodyBytes } from '../input/read-body.ts';
import { createInputReader } from '../input/read-input.ts';
import type { InputValues, RawInput, RouteInput } from '../input/read-input.ts';

/** A page as an answer; its headers are added to the usual ones. */
export interface PageReply {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file as an answer. */
export interface FileReply extends PageReply {
  readonly contentType: string;
}

/** How a body is sent. */
export type BodyForm = 'json' | 'form';

/** A zod shape that answers are cut down to, a page, a text or a file of any type, texts that are sent as lines while they are made, or nothing (204). */
export type RouteOutput = z.ZodType | 'html' | 'text' | 'file' | 'lines' | undefined;

type ReplyOf<O extends RouteOutput> = O extends z.ZodType ? z.input<O> : O extends 'html' ? PageReply : O extends 'text' | 'file' ? FileReply : O extends 'lines' ? AsyncIterable<string> : undefined;

/** Where a request came from, for audit records and logs, and its cookies. */
export interface RequestFacts {
  readonly ip: string;
  /** At most 500 characters of it. */
  readonly userAgent: string;
  readonly requestId: string;
  readonly method: string;
  /** The host name that the request was sent to, in small letters. */
  readonly host: string;
  /** The path as it was sent, without the query, which may hold what no log should. */
  readonly url: string;
  readonly sessionId?: string;
  readonly userId?: string;
  /** The value of a cookie as it was sent; null if it was not sent, or more than once. */
  readonly cookie: (name: string) => string | null;
  /** The Authorization header as it was sent, for routes that check it themselves; a function, so that no log has it. */
  readonly authorization: () => string | null;
}

/**
 * Sets a header of the answer, in place of one of the same name; the usual headers of answers stand above it.
 *
 * A request that ends in an error is answered without it.
 */
export type SetHeader = (name: string, value: string) => void;

/** All that a handler gets. */
export interface HandlerContext<I extends RouteInput> {
  readonly input: InputValues<I>;
  /** Throws `token-missing` on a simple URL that was called without a session. */
  readonly caller: Caller;
  readonly callerOrNull: Caller | null;
  readonly request: RequestFacts;
  readonly setHeader: SetHeader;
}

/** A route as its feature writes it. */
export interface RouteDeclaration<I extends RouteInput, O extends RouteOutput, M extends Method = Method, U extends string = string> {
  readonly method: M;
  /** The full URL, such as `/admin/load-user/:userId`. */
  readonly url: U;
  readonly summary: string;
  readonly description?: string;
  readonly input?: I;
  /** Whether it takes any query and reads none of it, because browsers, probes and mail clients add parameters; by default an unknown one is refused. */
  readonly ignoresQuery?: boolean;
  readonly output?: O;
  /** Of the answer that is no error; by default 200, or 204 without an output. */
  readonly status?: number;
  /** What the handler itself may refuse with; what gate and validation answer is known. */
  readonly errors: readonly ErrorCode[];
  /** The Cache-Control header of the answer; by default `no-store`. */
  readonly cacheControl?: string;
  /** Most bytes of its body; by default 100 kB. */
  readonly maxBodyBytes?: number;
  /** How its body is sent: as JSON, or `application/x-www-form-urlencoded` by the rules of OAuth (see read-form.ts); by default as JSON. */
  readonly bodyForm?: BodyForm;
  /** How its errors are answered; by default as problems. */
  readonly errorForm?: ErrorForm;
  /** Whether its handler itself records whom it refuses, under an action of its own. */
  readonly recordsRefusals?: boolean;
  /** Whether superadmins of the platform may use it in another tenant, by `?tenant=NAME`. */
  readonly actsInTenant?: boolean;
  readonly handler: (context: HandlerContext<I>) => ReplyOf<O> | Promise<ReplyOf<O>>;
}

/**
 * A route as Express and the OpenAPI document read it.
 *
 * Its type keeps what `defineRoute` was given, so that a typed client can be derived from the routes.
 */
export interface RouteDefinition<
  M extends Method = Method, U extends string = string, I extends RouteInput = RouteInput, O extends RouteOutput = RouteOutput,
> {
  readonly method: M;
  readonly url: U;
  readonly summary: string;
  readonly description?: string;
  readonly input: I;
  readonly ignoresQuery: boolean;
  readonly output: O | undefined;
  readonly status: number;
  readonly errors: readonly ErrorCode[];
  readonly cacheControl: string;
  readonly maxBodyBytes: number;
  readonly bodyForm: BodyForm;
  readonly errorForm: ErrorForm;
  readonly recordsRefusals: boolean;
  readonly actsInTenant: boolean;
  /** Validates the input, runs the handler and cuts its answer down to the output. */
  readonly run: (raw: RawInput, caller: Caller | null, request: RequestFacts, setHeader: SetHeader) => Promise<unknown>;
}

/**
 * Makes a route of its declaration. Who may reach it is not said here but in config/.
 *
 * Throws at once if the declared parameters are not those of the URL, or if a GET or DELETE declares a body, which
 * caches and proxies may drop (RFC 9110 sections 9.3.1 and 9.3.5).
 */
export function defineRoute<M extends Method, U extends string, const I extends RouteInput = object, O extends RouteOutput = undefined>(
  declaration: RouteDeclaration<I, O, M, U>,
): RouteDefinition<M, U, I, O> {
  const {
    handler, method, url, output, status = output === undefined ? 204 : 200, cacheControl = 'no-store', maxBodyBytes = defaultBodyBytes,
    bodyForm = 'json', errorForm = 'problem', recordsRefusals = false, actsInTenant = false, ignoresQuery = false, ...rest
  } = declaration;
  const input = declaration.input ?? ({} as I); // I is then its default, an input without fields
  checkDeclaration(method, url, input, ignoresQuery);
  const readInput = createInputReader(input);
  return {
    ...rest, method, url, input, output, status, cacheControl, maxBodyBytes, bodyForm, errorForm, recordsRefusals, actsInTenant, ignoresQuery,
    run: async (raw, caller, request, setHeader) => {
      const reply = await handler(createContext(await readInput(ignoresQuery ? { ...raw, query: {} } : raw), caller, request, setHeader));
      return typeof output === 'object' ? cutDown(reply, output) : reply;
    },
  };
}

function createContext<I extends RouteInput>(
  input: InputValues<I>, callerOrNull: Caller | null, request: RequestFacts, setHeader: SetHeader,
): HandlerContext<I> {
  return {
    input, callerOrNull, request, setHeader,
    get caller() {
      if (!callerOrNull) throw new AppError('token-missing');
      return callerOrNull;
    },
  };
}

function cutDown(reply: unknown, shape: z.ZodType): unknown {
  const result = shape.safeParse(reply);
  if (!result.success) throw new AppError('internal', {}, result.error);
  return result.data;
}

function checkDeclaration(method: Method, url: string, input: RouteInput, ignoresQuery: boolean): void {
  const inUrl = parsePattern(url).segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name])).sort();
  const declared = Object.keys(input.params ?? {}).sort();
  if (inUrl.join() !== declared.join()) throw new Error(`${method} ${url} has the parameters [${inUrl.join()}] but declares [${declared.join()}].`);
  if (input.body && (method === 'GET' || method === 'DELETE')) throw new Error(`${method} ${url} must not declare a body.`);
  if (input.query && ignoresQuery) throw new Error(`${method} ${url} declares a query that it ignores.`);
}
