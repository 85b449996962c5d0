import { isStartError } from '../errors/errors.ts';
import { findKnownFailure } from '../http/response/known-failures.ts';
import { isSettingsError } from '../settings/load-settings.ts';
import type { ServerLog } from './server-log.ts';

/** The exit codes of a failed start or command, as in sysexits.h. */
export const exitCodes = {
  /** The command line (EX_USAGE). */
  usage: 64,
  /** The database does not answer, or a local one cannot be started (EX_UNAVAILABLE). */
  databaseUnavailable: 69,
  /** A bug of the program (EX_SOFTWARE). */
  software: 70,
  /** The port is in use (EX_OSERR). */
  portTaken: 71,
  /** This user may not use the port (EX_NOPERM). */
  portForbidden: 77,
  /** A fault in settings, config/ or stored data that a person must fix: starting again does not help (EX_CONFIG). */
  configuration: 78,
} as const;

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error that is printed without its stack: its message is for the person at the terminal. */
interface Exit extends Error {
  readonly exitCode: ExitCode;
}

/** Creates the error that ends a start or a command with this code and message. */
export function exit(kind: keyof typeof exitCodes, message: string, cause?: unknown): Exit {
  return Object.assign(new Error(message, cause === undefined ? {} : { cause }), { exitCode: exitCodes[kind] });
}

/** Creates the function that tells why a process ends and sets its exit code. */
export function exitWith({ failed }: Pick<ServerLog, 'failed'>): (error: unknown) => void {
  return (error) => {
    const { exitCode, message } = explain(error);
    const isUnexpected = exitCode === exitCodes.software;
    failed(message, { exitCode, ...(isSettingsError(error) && { faults: error.faults }), ...(isUnexpected && { err: error }) });
    process.exitCode = exitCode;
  };
}

function explain(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  if (!(error instanceof Error)) return { exitCode: exitCodes.software, message: String(error) };
  const { message } = error;
  if (isExit(error)) return { exitCode: error.exitCode, message };
  if (isSettingsError(error) || isStartError(error)) return { exitCode: exitCodes.configuration, message };
  if (findKnownFailure(error)?.code === 'database-unreachable') {
    return {
      exitCode: exitCodes.databaseUnavailable,
      // A message that names the setting already says what to do.
      message: message.includes('MONGODB_URI')
        ? message
        : `The database of MONGODB_URI does not answer (${message}). Start it, or correct MONGODB_URI.`,
    };
  }
  return { exitCode: exitCodes.software, message };
}

/** Whether an error has an exit code of its own. */
export function isExit(error: Error): error is Exit {
  return 'exitCode' in error && typeof error.exitCode === 'number';
}
