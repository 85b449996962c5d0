/** Why a directory did not answer. */
export type FailureReason =
  | 'address-not-allowed' | 'tls' | 'timeout' | 'unreachable' | 'too-large' | 'protocol' | 'unavailable' | 'service-refused' | 'paused'
  | 'busy';

/** A directory gave no answer that can be believed. This says nothing about the person who logs in. */
export interface DirectoryFailure extends Error {
  readonly name: 'DirectoryFailure';
  readonly reason: FailureReason;
  /** A code of Node or OpenSSL, or a result code (RFC 4511 section 4.1.9). It quotes nothing that the directory sent. */
  readonly detail?: string;
}

/** A directory answered with a result code (RFC 4511 section 4.1.9) other than success. */
export interface DirectoryRefusal extends Error {
  readonly name: 'DirectoryRefusal';
  readonly resultCode: number;
}

/** Creates the error of a directory that gave no answer. `cause` is an error of Node: only its code is taken. */
export function directoryFailure(reason: FailureReason, cause?: unknown): DirectoryFailure {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : cause;
  const detail = typeof code === 'number' || (typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code)) ? { detail: String(code) } : {};
  return Object.assign(new Error(`The directory gave no answer: ${reason}.`), { name: 'DirectoryFailure' as const, reason, ...detail });
}

/** Creates the error of a directory that refused an operation. */
export function directoryRefusal(resultCode: number): DirectoryRefusal {
  return Object.assign(new Error(`The directory refused: result ${resultCode}.`), { name: 'DirectoryRefusal' as const, resultCode });
}

/** Whether a directory gave no answer. */
export function isDirectoryFailure(error: unknown): error is DirectoryFailure {
  return error instanceof Error && error.name === 'DirectoryFailure';
}

/** Whether a directory refused an operation. */
export function isDirectoryRefusal(error: unknown): error is DirectoryRefusal {
  return error instanceof Error && error.name === 'DirectoryRefusal';
}

/** A failure or a refusal in a few words, for a trace. */
export function describeDirectory({ name, ...error }: DirectoryFailure | DirectoryRefusal): string {
  if ('resultCode' in error) return `result ${error.resultCode}`;
  return error.detail === undefined ? error.reason : `${error.reason} (${error.detail})`;
}
