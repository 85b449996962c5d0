import type { z } from 'zod';
import type { Caller } from '../../engine/caller.ts';
import type { Method } from '../../engine/urls/method.ts';
import { parsePattern } from '../../engine/urls/url-pattern.ts';
import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/table.ts';
import type { ErrorForm } from '../response/oauth-error.ts';
import { requireTarget } from '../response/redirect.ts';
import type { RedirectReply } from '../response/redirect.ts';
import { maxBodyBytes as defaultBodyBytes } from '../input/read-body.ts';
import { maxFormBytes } from '../input/read-form.ts';
import type { JsonSchema } from '../input/field.ts';
import { createInputReader } from '../input/read-input.ts';
import type { InputValues, RawInput, RouteInput } from '../input/read-input.ts';

/** A page as a response. Its headers are added to the usual ones. */
export interface PageReply {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A file as a response. */
export interface FileReply extends PageReply {
  readonly contentType: string;
}

/** The encoding of a request body. */
export type BodyForm = 'json' | 'form';

/**
 * A zod shape that removes other fields, a page, a text or file of any type, texts that are streamed as lines, a redirect, or nothing
 * (204). An optional shape may be nothing too.
 */
export type RouteOutput = z.ZodType | 'html' | 'text' | 'file' | 'lines' | 'redirect' | undefined;

type ReplyOf<O extends RouteOutput> =
  O extends z.ZodType ? z.input<O>
    : O extends 'html' ? PageReply
      : O extends 'text' | 'file' ? FileReply
        : O extends 'lines' ? AsyncIterable<string>
          : O extends 'redirect' ? RedirectReply : undefined;

/** The origin of a request, for audit records and logs, and its cookies. */
export interface RequestFacts {
  readonly ip: string;
  /** At most the first 500 characters of the header. */
  readonly userAgent: string;
  readonly requestId: string;
  readonly method: string;
  /** The host name of the request, in lower case. */
  readonly host: string;
  /** The path as it was sent, without the query, which may contain secrets. */
  readonly url: string;
  readonly sessionId?: string;
  readonly userId?: string;
  /** The value of a cookie, not decoded; null if it was not sent, or more than once. */
  readonly cookie: (name: string) => string | null;
  /** The names of all cookies. */
  readonly cookieNames: () => readonly string[];
  /** Set for a call from the code of a host: there is no request, no session and no address. */
  readonly via?: 'code';
  /** Checks at the beginning of each transaction that the actor may still make the call. Throws the error of the refusal. */
  requireAllowed?(transaction: object): Promise<void>;
  /** The query as it was sent, without the `?`. It is a function, so that no log contains it. */
  readonly rawQuery: () => string;
  /** The Authorization header, for routes that check it themselves. It is a function, so that no log contains it. */
  readonly authorization: () => string | null;
  /** Every value of a header, in the order in which they were sent. It is a function, so that no log contains them. */
  readonly headerValues: (name: string) => readonly string[];
  /** The address of the other end of the connection, whatever a header says; null if it is gone. IPv4 is written as IPv4. */
  readonly peerAddress: () => string | null;
}

/**
 * Sets a header of the response and replaces one of the same name. The usual headers of responses take precedence. `Set-Cookie` adds
 * a cookie, and replaces only the cookie of the same name.
 *
 * An error response does not have it, except cookies with `Max-Age=0`, which end something whatever the answer is.
 */
export type SetHeader = (name: string, value: string) => void;

/** The argument of a handler. */
export interface HandlerContext<I extends RouteInput> {
  readonly input: InputValues<I>;
  /** Throws `token-missing` if a simple URL is called without a session. */
  readonly caller: Caller;
  readonly callerOrNull: Caller | null;
  readonly request: RequestFacts;
  readonly setHeader: SetHeader;
}

/** A route as its feature declares it. */
export interface RouteDeclaration<I extends RouteInput, O extends RouteOutput, M extends Method = Method, U extends string = string> {
  readonly method: M;
  /** The full URL, such as `/admin/load-user/:userId`. */
  readonly url: U;
  /** Its name in clients: a verb and what it is about, such as `assignRole`. By default made of method and URL. */
  readonly id?: string;
  readonly summary: string;
  readonly description?: string;
  readonly input?: I;
  /** What the handler requires of several fields of the body together, for the documentation: see body-rules.ts. */
  readonly bodyRules?: readonly JsonSchema[];
  /**
   * Ignores parameters of the query that are not declared, because browsers, probes and mail clients add some. By default, they are
   * refused.
   */
  readonly ignoresQuery?: boolean;
  readonly output?: O;
  /** The status of a successful response; by default 200, or 204 without an output. */
  readonly status?: number;
  /** The errors that the handler itself may throw, without those of the gate and the validation. */
  readonly errors: readonly ErrorCode[];
  /** Whether its responses have an ETag, and are 304 if the client has the same already. */
  readonly hasEtag?: boolean;
  /** The Cache-Control header of the response; by default `no-store`. */
  readonly cacheControl?: string;
  /** Maximum size of its body, in bytes; by default 100 kB. A form has at most 512 kB. */
  readonly maxBodyBytes?: number;
  /** JSON (the default), or `application/x-www-form-urlencoded` (see read-form.ts). */
  readonly bodyForm?: BodyForm;
  /** The form of its errors; by default problems. */
  readonly errorForm?: ErrorForm;
  /** Only for GET: the gate refuses HEAD, because link previews must not use up an answer that is given once. */
  readonly noHead?: boolean;
  /** Whether its handler itself records refusals, under its own action. */
  readonly recordsRefusals?: boolean;
  /** Whether superadmins of the platform may use it in another tenant, by `?tenant=NAME`. */
  readonly actsInTenant?: boolean;
  readonly handler: (context: HandlerContext<I>) => ReplyOf<O> | Promise<ReplyOf<O>>;
}

/**
 * A route as Express and the OpenAPI document use it.
 *
 * Its type keeps the types of the declaration, so that a typed client can be derived from the routes.
 */
export interface RouteDefinition<
  M extends Method = Method, U extends string = string, I extends RouteInput = RouteInput, O extends RouteOutput = RouteOutput,
> {
  readonly method: M;
  readonly url: U;
  readonly id?: string;
  readonly summary: string;
  readonly description?: string;
  readonly input: I;
  readonly bodyRules?: readonly JsonSchema[];
  readonly ignoresQuery: boolean;
  readonly output: O | undefined;
  readonly status: number;
  readonly errors: readonly ErrorCode[];
  readonly hasEtag?: boolean;
  readonly cacheControl: string;
  readonly maxBodyBytes: number;
  readonly bodyForm: BodyForm;
  readonly errorForm: ErrorForm;
  readonly noHead: boolean;
  readonly recordsRefusals: boolean;
  readonly actsInTenant: boolean;
  /** Validates the input, runs the handler and reduces its result to the output shape. */
  readonly run: (raw: RawInput, caller: Caller | null, request: RequestFacts, setHeader: SetHeader) => Promise<unknown>;
}

/**
 * Creates a route from its declaration. Its access class is declared in config/, not here.
 *
 * Throws at once if the declared parameters are not those of the URL, or if a GET or DELETE declares a body, which
 * caches and proxies may drop (RFC 9110 sections 9.3.1 and 9.3.5). Throws also for a form of more than 512 kB, a redirect with another
 * status than 303, and `noHead` of another method than GET.
 */
export function defineRoute<M extends Method, U extends string, const I extends RouteInput = object, O extends RouteOutput = undefined>(
  declaration: RouteDeclaration<I, O, M, U>,
): RouteDefinition<M, U, I, O> {
  const {
    handler, method, url, output, status = usualStatus(output), cacheControl = 'no-store', maxBodyBytes = defaultBodyBytes,
    bodyForm = 'json', errorForm = 'problem', noHead = false, recordsRefusals = false, actsInTenant = false, ignoresQuery = false, ...rest
  } = declaration;
  const input = declaration.input ?? ({} as I); // I is then its default, an input without fields
  checkInput(method, url, input);
  checkAnswer({ method, url, output, status, bodyForm, maxBodyBytes, noHead });
  const readInput = createInputReader(input);
  return {
    ...rest, method, url, input, output, status, cacheControl, maxBodyBytes, bodyForm, errorForm, noHead, recordsRefusals, actsInTenant,
    ignoresQuery,
    run: async (raw, caller, request, setHeader) => {
      const sent = ignoresQuery ? { ...raw, query: declaredIn(raw.query, input.query) } : raw;
      const reply = await handler(createContext(await readInput(sent), caller, request, setHeader));
      if (output === 'redirect') requireTarget(reply as RedirectReply); // ReplyOf ties the type to the output
      return typeof output === 'object' ? cutDown(reply, output) : reply;
    },
  };
}

function declaredIn(query: unknown, declared: RouteInput['query'] = {}): unknown {
  return Object.fromEntries(Object.entries(query as object).filter(([name]) => Object.hasOwn(declared, name))); // querystring makes one
}

function usualStatus(output: RouteOutput): number {
  if (output === undefined) return 204;
  return output === 'redirect' ? 303 : 200;
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

function checkInput(method: Method, url: string, input: RouteInput): void {
  const inUrl = parsePattern(url).segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name])).sort();
  const declared = Object.keys(input.params ?? {}).sort();
  if (inUrl.join() !== declared.join()) {
    throw new Error(`${method} ${url} has the parameters [${inUrl.join()}] but declares [${declared.join()}].`);
  }
  if (input.body && (method === 'GET' || method === 'DELETE')) throw new Error(`${method} ${url} must not declare a body.`);
}

type CheckedAnswer = Pick<RouteDefinition, 'method' | 'url' | 'output' | 'status' | 'bodyForm' | 'maxBodyBytes' | 'noHead'>;

function checkAnswer({ method, url, output, status, bodyForm, maxBodyBytes, noHead }: CheckedAnswer): void {
  if (output === 'redirect' && status !== 303) throw new Error(`${method} ${url} is a redirect, whose status is 303, not ${status}.`);
  if (noHead && method !== 'GET') throw new Error(`${method} ${url} says noHead, but HEAD is a form of GET alone.`);
  if (bodyForm === 'form' && maxBodyBytes > maxFormBytes) throw new Error(`${method} ${url} takes a form of more than 512 kB.`);
}
