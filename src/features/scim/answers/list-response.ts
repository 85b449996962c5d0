import { isPlainText } from '../../../http/input/fields.ts';
import { requireSchema } from '../read-resource.ts';
import { isObject, membersOf } from '../read-value.ts';
import { invalidSyntax, invalidValue } from '../scim-error.ts';
import type { ProjectionRequest } from './projection.ts';
import type { ScimAnswer } from './write-resource.ts';

/** Which resources a client asks for. */
export interface ListRequest extends ProjectionRequest {
  readonly filter?: string | undefined;
  /** The place of the first resource of the answer, from 1. */
  readonly startIndex: number;
  /** How many resources the answer has at most, from 0 to 200. */
  readonly count: number;
}

export const maxCount = 200;
const usualCount = 100;

/** Parameters beyond this place would make the database skip that many rows. */
const maxStartIndex = 1_000_000;

/**
 * Reads the query of a list (RFC 7644, section 3.4.2). Other parameters are ignored, also those of sorting, which is not supported.
 *
 * A `startIndex` below 1 is 1, a negative `count` is 0, and one over 200 is 200. Throws `invalidValue` for parameters of another form.
 */
export function readListQuery(query: Readonly<Record<string, unknown>>): ListRequest {
  return readParameters(membersOf(query), (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined));
}

/** Reads the body of a POST to `.search` (RFC 7644, section 3.4.3). Throws `invalidSyntax`, `invalidValue`. */
export function readSearchRequest(body: unknown): ListRequest {
  if (!isObject(body)) throw invalidSyntax('The body must be an object of JSON.');
  const members = membersOf(body);
  requireSchema(members, 'urn:ietf:params:scim:api:messages:2.0:SearchRequest');
  return readParameters(members, (value) => (Number.isSafeInteger(value) ? Number(value) : undefined));
}

function readParameters(members: ReadonlyMap<string, unknown>, readNumber: (value: unknown) => number | undefined): ListRequest {
  const numberOf = (name: string, usual: number) => {
    const given = members.get(name.toLowerCase());
    const number = given === undefined || given === null ? usual : readNumber(given);
    if (number === undefined) throw invalidValue(`${name} must be an integer.`);
    return number;
  };
  const filter = members.get('filter') ?? undefined;
  if (filter !== undefined && typeof filter !== 'string') throw invalidValue('filter must be one text.');
  const startIndex = Math.max(1, numberOf('startIndex', 1));
  if (startIndex > maxStartIndex) throw invalidValue(`startIndex can be at most ${maxStartIndex}: use a filter.`);
  return {
    filter, startIndex, count: Math.min(maxCount, Math.max(0, numberOf('count', usualCount))),
    attributes: namesOf(members, 'attributes'), excludedAttributes: namesOf(members, 'excludedAttributes'),
  };
}

function namesOf(members: ReadonlyMap<string, unknown>, name: string): string | readonly string[] | undefined {
  const given = members.get(name.toLowerCase()) ?? undefined;
  if (given === undefined || isPlainText(given)) return given;
  const list: readonly unknown[] = Array.isArray(given) ? given : [undefined];
  if (!list.every(isPlainText)) throw invalidValue(`${name} must be names of attributes.`);
  return list;
}

/** The answer of a list (RFC 7644, section 3.4.2). `totalResults` counts all resources that fit. */
export function writeList(resources: readonly ScimAnswer[], { startIndex, totalResults }: {
  readonly startIndex: number; readonly totalResults: number;
}) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults, startIndex, itemsPerPage: resources.length,
    Resources: resources,
  };
}
