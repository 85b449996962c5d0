import { ScimError } from '../../../src/features/scim/scim-error.ts';
import type { ScimErrorType } from '../../../src/features/scim/scim-error.ts';

export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The error of SCIM that `work` throws. */
export function faultOf(work: () => unknown): ScimError {
  try {
    work();
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** What of an error a client can tell apart: its status, and the kind of RFC 7644. */
export function kindOf(work: () => unknown): { readonly status: number; readonly scimType: ScimErrorType | undefined } {
  const { status, scimType } = faultOf(work);
  return { status, scimType };
}
