import { pino } from 'pino';
import { describeError } from '../errors/describe-error.ts';
import { isProduction } from '../settings/load-settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

interface FailureFacts {
  readonly exitCode?: number;
  /** An unexpected error. */
  readonly err?: unknown;
  readonly [name: string]: unknown;
}

/** What a server says about its own start and end, besides its log of requests and faults. */
export interface ServerLog {
  /** `lines` are for a terminal; `message` and `facts` are one JSON line. */
  started(message: string, facts: Readonly<Record<string, unknown>>, lines: readonly string[]): void;
  stopping(): void;
  stopped(): void;
  /** A fault that ends the process. */
  failed(message: string, facts?: FailureFacts): void;
}

/** Creates the log of a server: JSON lines in production, where a program reads them, and plain lines on a terminal. */
export function createServerLog(environment: Environment): ServerLog {
  return isProduction(environment) ? jsonLog : createTerminalLog(environment);
}

/** Creates the log for a person at a terminal. The stack of an unexpected error is printed only with LOG_LEVEL debug or trace. */
export function createTerminalLog({ LOG_LEVEL: level = '' }: Environment): ServerLog {
  function describe(message: string, err: unknown): string {
    if (err === undefined) return message;
    if (['debug', 'trace'].includes(level) && err instanceof Error) return err.stack ?? message;
    return `${message}\nThis error is unexpected. Run it again with LOG_LEVEL=debug to see where it comes from.`;
  }

  return {
    started: (_message, _facts, lines) => { process.stdout.write(`${lines.join('\n')}\n`); },
    stopping: () => undefined,
    stopped: () => undefined,
    failed: (message, { err } = {}) => { process.stderr.write(`${describe(message, err)}\n`); },
  };
}

// LOG_LEVEL does not apply: a start, an end and its reason are always told. Loggers are created on use, so that nothing is opened before.
const jsonLog: ServerLog = {
  started: (message, facts) => pino().info(facts, message),
  stopping: () => pino().info('stopping'),
  stopped: () => pino().info('stopped'),
  failed: (message, facts = {}) => createFaultLogger().fatal(facts, message),
};

/** Creates the logger of faults, on stderr. It writes at once, because the process may end. */
function createFaultLogger() {
  return pino({ serializers: { err: describeError } }, pino.destination({ fd: 2, sync: true }));
}

/**
 * In production, logs warnings of Node and errors that nothing catches as JSON lines too. Such an error ends the process with `exitCode`.
 *
 * Elsewhere Node prints them as usual.
 */
export function logAsJson(environment: Environment, exitCode: number): void {
  if (!isProduction(environment)) return;
  process.removeAllListeners('warning'); // Node's own, which prints text
  process.on('warning', (warning) => createFaultLogger().warn({ err: warning }, warning.message));
  process.on('uncaughtException', (error: unknown) => {
    jsonLog.failed(error instanceof Error ? error.message : String(error), { err: error });
    process.exit(exitCode);
  });
}
