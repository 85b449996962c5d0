import { isPlainText } from '../../../http/input/fields.ts';
import { requireSchema } from '../read-resource.ts';
import { isObject, membersOf } from '../read-value.ts';
import { invalidSyntax, ScimError } from '../scim-error.ts';

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path?: string;
  /** Undefined if there is none. */
  readonly value: unknown;
}

const maxOperations = 1_000;

/**
 * Reads the body of a PATCH (RFC 7644, section 3.5.2). The operations may be written in any letter case, as Entra does.
 *
 * Throws `invalidSyntax` for a body of another form, and 413 for more than 1,000 operations.
 */
export function readPatch(body: unknown): readonly PatchOperation[] {
  if (!isObject(body)) throw invalidSyntax('The body must be an object of JSON.');
  const members = membersOf(body);
  requireSchema(members, 'urn:ietf:params:scim:api:messages:2.0:PatchOp');
  const given: unknown = members.get('operations');
  if (!Array.isArray(given) || given.length === 0) throw invalidSyntax('Operations must be a list of operations.');
  if (given.length > maxOperations) throw new ScimError(413, undefined, `A PATCH has at most ${maxOperations} operations.`);
  return given.map(readOperation);
}

function readOperation(given: unknown): PatchOperation {
  if (!isObject(given)) throw invalidSyntax('Each operation must be an object.');
  const members = membersOf(given);
  const name = members.get('op');
  const op = typeof name === 'string' ? name.toLowerCase() : undefined;
  if (op !== 'add' && op !== 'remove' && op !== 'replace') throw invalidSyntax('op must be add, remove or replace.');
  const path = members.get('path') ?? undefined;
  if (path !== undefined && !isPlainText(path)) throw invalidSyntax('path must be a text.');
  return { op, ...(path !== undefined && path !== '' && { path }), value: members.get('value') };
}
