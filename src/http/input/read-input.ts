import { AppError } from '../../errors/errors.ts';
import type { Field, Fields, InputOf } from './field.ts';
import { createReader, maxFaults } from './validate-fields.ts';
import type { Outcome } from './validate-fields.ts';

/** What a route takes, by where it stands in the request. */
export interface RouteInput {
  /** Exactly the parameters of the route's URL. */
  readonly params?: Fields;
  readonly query?: Fields;
  /** The fields of an object, or a list as a whole. */
  readonly body?: Fields | ListBody;
}

/** A body that is one list. */
export type ListBody = Field<readonly unknown[], 'required'>;

type Part = keyof RouteInput;

/** The static type of a route's input, validated; a part without declared fields is an object without known names. */
export type InputValues<I extends RouteInput> = { readonly [P in Part]: P extends keyof I ? (I[P] extends Field<infer T> ? T : I[P] extends Fields ? InputOf<I[P]> : object) : object };

/** What was sent, as yet unread. */
export type RawInput = Readonly<Record<Part, unknown>>;

/** Most characters of a field's name in an answer: the names come from the caller. */
const maxFieldLength = 200;

/**
 * Makes a function that validates a whole request: declared fields only, the rest of params, query and body refused.
 *
 * The function throws `invalid-input` with every faulty field.
 */
export function createInputReader<I extends RouteInput>(input: I): (raw: RawInput) => Promise<InputValues<I>> {
  const readParams = createReader(input.params ?? {}, 'text');
  const readQuery = createReader(input.query ?? {}, 'text');
  const readBody = isListBody(input.body) ? createListReader(input.body) : createReader(input.body ?? {}, 'json');

  return async (raw) => {
    const [params, query, body] = [await readParams(raw.params), await readQuery(raw.query), await readBody(raw.body)];
    if (params.ok && query.ok && body.ok) {
      // The readers were made from the fields of I, part by part, which the defaults above hide from the compiler.
      return { params: params.value, query: query.value, body: body.value } as InputValues<I>;
    }
    const errors = Object.entries({ params, query, body }).flatMap(([part, outcome]) => (outcome.ok ? [] : outcome.faults.map(({ at, message }) => (
      { field: `${part}${at}`.slice(0, maxFieldLength), message }))));
    throw new AppError('invalid-input', { errors: errors.slice(0, maxFaults) });
  };
}

/** Tells a list from an object whose fields may have any name. */
export function isListBody(body: Fields | ListBody | undefined): body is ListBody {
  return typeof body?.['rules'] === 'function';
}

function createListReader(field: ListBody): (value: unknown) => Promise<Outcome<readonly unknown[]>> {
  const read = createReader({ list: field }, 'json');
  return async (value) => {
    const outcome = await read({ list: value });
    if (outcome.ok) return { ok: true, value: outcome.value.list };
    return { ok: false, faults: outcome.faults.map(({ at, message }) => ({ at: at.replace(/^\.list/, ''), message })) };
  };
}
