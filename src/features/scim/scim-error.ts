/** The kinds of a 400 or 409 that RFC 7644, section 3.12, names. */
export type ScimErrorType =
  | 'invalidFilter' | 'tooMany' | 'uniqueness' | 'mutability' | 'invalidSyntax' | 'invalidPath' | 'noTarget' | 'invalidValue';

/**
 * An error that is sent to the client in SCIM's form. Its message never quotes the request.
 *
 * @example
 * throw new ScimError(400, 'invalidValue', 'userName must be a string.');
 */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimErrorType | undefined;

  constructor(status: number, scimType: ScimErrorType | undefined, detail: string) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
  }
}

/** Creates the error of a request with a wrong value. */
export function invalidValue(detail: string): ScimError {
  return new ScimError(400, 'invalidValue', detail);
}

/** Creates the error of a body that is not of the form of SCIM. */
export function invalidSyntax(detail: string): ScimError {
  return new ScimError(400, 'invalidSyntax', detail);
}

/** The body of an error (RFC 7644, section 3.12). The status is text there. */
export function scimErrorBody({ status, scimType, message }: Pick<ScimError, 'status' | 'scimType' | 'message'>) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), ...(scimType !== undefined && { scimType }),
    detail: message,
  };
}
