import { AppError } from '../../errors/errors.ts';
import type { Field, Fields, InputOf } from './field.ts';
import { maxFaults } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { createReader } from './validate-fields.ts';

/** The input of a route, by its place in the request. */
export interface RouteInput {
  /** Exactly the parameters of the URL of the route. */
  readonly params?: Fields;
  readonly query?: Fields;
  /** The fields of an object, or a list. */
  readonly body?: Fields | ListBody;
}

/** A body that is one list. */
export type ListBody = Field<readonly unknown[], 'required'>;

type Part = keyof RouteInput;

/** The static type of the validated input of a route. A part without declared fields is an object without known names. */
export type InputValues<I extends RouteInput> = {
  readonly [P in Part]: P extends keyof I ? (I[P] extends Field<infer T> ? T : I[P] extends Fields ? InputOf<I[P]> : object) : object
};

/** The input as it was sent, not validated. */
export type RawInput = Readonly<Record<Part, unknown>>;

/** Maximum length of a field name in a response. It is limited because the caller chooses the names. */
const maxFieldLength = 200;

/**
 * Creates a function that validates a whole request. Fields of params, query and body that are not declared are refused.
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
      // The readers were created from the fields of I, but the defaults above hide this from the compiler.
      return { params: params.value, query: query.value, body: body.value } as InputValues<I>;
    }
    const errors = Object.entries({ params, query, body }).flatMap(([part, outcome]) => {
      const faults = outcome.ok ? [] : outcome.faults;
      return faults.map(({ at, message }) => ({ field: `${part}${at}`.slice(0, maxFieldLength), message }));
    });
    throw new AppError('invalid-input', { errors: errors.slice(0, maxFaults) });
  };
}

/** Whether a body is a list and not an object, whose fields may have any name. */
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
