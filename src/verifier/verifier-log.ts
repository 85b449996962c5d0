import type { ErrorLog } from '../http/response/error-handler.ts';

export interface VerifierLog {
  /** Logs why a request could not be served. */
  failure(error: unknown, requestId: string): void;
  /** Logs that the verifier is configured for another Gatehouse. */
  misfit(message: string): void;
}

/** Creates the log of a verifier. Without a logger of the host, it emits process warnings for the first failure and each misfit. */
export function createVerifierLog(logger: ErrorLog | undefined): VerifierLog {
  if (logger) {
    return {
      failure: (err, requestId) => logger.error({ err, requestId }, 'a token could not be verified'),
      misfit: (message) => logger.error({ err: new Error(message) }, message),
    };
  }
  let hasFailed = false;
  const warn = (message: string) => process.emitWarning(message, { type: 'GatehouseWarning' });
  return {
    failure(error) {
      if (hasFailed) return;
      hasFailed = true;
      const reasons = reasonsOf(error).join(' ');
      warn(`A token could not be verified: ${reasons} Later failures are only logged with \`logger\` of createVerifier.`);
    },
    misfit: warn,
  };
}

function reasonsOf(error: unknown, depth = 0): string[] {
  return error instanceof Error && depth < 5 ? [error.message, ...reasonsOf(error.cause, depth + 1)] : [];
}
