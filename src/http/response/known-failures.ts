import { AppError } from '../../errors/errors.ts';
import type { ErrorCode } from '../../errors/table.ts';

/** The error types of the body parser. */
const bodyParserCodes: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'body-too-large',
  'parameters.too.many': 'body-too-large',
  'encoding.unsupported': 'unsupported-media-type',
  'charset.unsupported': 'unsupported-media-type',
  'entity.parse.failed': 'malformed-body',
  'entity.verify.failed': 'malformed-body',
  'request.aborted': 'malformed-body',
  'request.size.invalid': 'malformed-body',
};

/** Errors of the MongoDB driver and of Mongoose that mean that no server was reached, or none answered in time. */
const unreachableNames = new Set([
  'MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError', 'MongooseServerSelectionError',
  'MongoOperationTimeoutError',
  'MongoNotConnectedError', 'MongoTopologyClosedError', 'MongoServerClosedError', 'MongoClientClosedError', 'MongoStalePrimaryError',
  'MongoPoolClosedError', 'MongoPoolClearedError', 'PoolClearedOnNetworkError', 'MongoWaitQueueTimeoutError',
]);

/**
 * Error codes of a MongoDB server that cannot serve now: those that the driver retries (its specification "Retryable
 * Writes"), and time limits: 50 MaxTimeMSExpired, 64 WriteConcernTimeout.
 */
const unreachableCodes = new Set<unknown>([6, 7, 50, 64, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const unreachableLabels = ['RetryableWriteError', 'TransientTransactionError', 'UnknownTransactionCommitResult', 'SystemOverloadedError'];

/** Converts an expected error of a library to an AppError; undefined for others. */
export function findKnownFailure(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  return code && new AppError(code, {}, error);
}

function codeOf(error: unknown, depth = 0): ErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  // Express throws this for a path parameter that cannot be decoded.
  if (error instanceof URIError) return 'target-not-plain';
  const refusal = 'type' in error && typeof error.type === 'string' && 'status' in error ? error.type : '';
  if (Object.hasOwn(bodyParserCodes, refusal)) return bodyParserCodes[refusal];
  if (isUnreachable(error)) return 'database-unreachable';
  // Mongoose and transactions wrap errors of the driver. The limit is for causes that form a circle.
  return depth < 5 ? codeOf(error.cause, depth + 1) : undefined;
}

function isUnreachable(error: Error): boolean {
  if (unreachableNames.has(error.name)) return true;
  // The driver does not convert the error of Node for writing to a connection that the server has just closed.
  if ('code' in error && error.code === 'EPIPE' && /ended by the other party/.test(error.message)) return true;
  // Mongoose has no special error name for calls before the first connection.
  if (error.name === 'MongooseError') return /before initial connection|buffering timed out/.test(error.message);
  if (!error.name.startsWith('Mongo')) return false;
  return ('code' in error && unreachableCodes.has(error.code)) || unreachableLabels.some((label) => hasLabel(error, label));
}

function hasLabel(error: Error, label: string): boolean {
  return 'errorLabels' in error && Array.isArray(error.errorLabels) && error.errorLabels.includes(label);
}
