import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { AppError } from '../../../errors/errors.ts';
import { describeValue } from '../checks.ts';

/** What went wrong on the way to a provider or in its answer, in a few words. It holds no part of the answer but an error code. */
export function describeFailure(error: unknown): string {
  if (error instanceof ResponseBodyError) return `${error.status} ${describeValue(error.error)}`;
  if (error instanceof WWWAuthenticateChallengeError) return `${error.status}, not authenticated`;
  if (error instanceof AuthorizationResponseError) return describeValue(error.error);
  return describeOutbound(error) ?? (error instanceof ClientError ? describeOutbound(error.cause) ?? error.message : 'no usable answer');
}

/** The failures of the way out: an address that is not allowed, and reasons such as "timeout". */
function describeOutbound(error: unknown): string | undefined {
  if (error instanceof AppError) return error.code;
  return error instanceof Error && 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined;
}
