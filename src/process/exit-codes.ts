import { isStartError } from '../errors/errors.ts';
import { findKnownFailure } from '../http/response/known-failures.ts';
import { isSettingsError } from '../settings/load-settings.ts';

/** What a start or a command can fail for: exit codes of sysexits.h. */
export const exitCodes = {
  /** The command line (EX_USAGE). */
  usage: 64,
  /** The database does not answer, or a local one cannot be had (EX_UNAVAILABLE). */
  databaseUnavailable: 69,
  /** A fault of the program (EX_SOFTWARE). */
  software: 70,
  /** The port is taken (EX_OSERR). */
  portTaken: 71,
  /** The port is not for this user (EX_NOPERM). */
  portForbidden: 77,
  /** Settings, config/ or what is stored: a person must mend it, and starting again does not help (EX_CONFIG). */
  configuration: 78,
} as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An end that needs no stack: its message is for the person at the terminal. */
interface Exit extends Error {
  readonly exitCode: ExitCode;
}

/** Makes the error that ends a start or a command with this code and message. */
export function exit(kind: keyof typeof exitCodes, message: string, cause?: unknown): Exit {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { exitCode: exitCodes[kind] });
}

/** Ends the process as a failure should: its message on stderr, its exit code, a stack only for what nobody expected. */
export function exitWith(error: unknown): void {
  const { exitCode, message } = explain(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

function explain(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  if (!(error instanceof Error)) return { exitCode: exitCodes.software, message: String(error) };
  const { message } = error;
  if (isExit(error)) return { exitCode: error.exitCode, message };
  if (isSettingsError(error) || isStartError(error)) return { exitCode: exitCodes.configuration, message };
  if (findKnownFailure(error)?.code === 'database-unreachable') {
    return {
      exitCode: exitCodes.databaseUnavailable,
      // What opens the connection has said it already.
      message: message.includes('MONGODB_URI') ? message : `The database of MONGODB_URI does not answer (${message}). Start it, or correct MONGODB_URI.`,
    };
  }
  return { exitCode: exitCodes.software, message: error.stack ?? message };
}

function isExit(error: Error): error is Exit {
  return 'exitCode' in error && typeof error.exitCode === 'number';
}
