import type { LdapProvider } from '../ldap.types.ts';
import { createBreaker } from './breaker.ts';
import type { DirectoryConnection } from './directory-connection.ts';
import { directoryFailure, isDirectoryFailure, isDirectoryRefusal } from './directory-errors.ts';
import { createIdleConnections } from './idle-connections.ts';
import { createOpener } from './open-connection.ts';
import type { OpenSocketDeps } from './open-socket.ts';
import { createTurns } from './turns.ts';

/** Times, in ms. */
const directoryTimes = { connect: 2_000, operation: 5_000, idle: 60_000 } as const;

export interface DirectoryDeps extends Pick<OpenSocketDeps, 'guard' | 'production'> {
  /** ms since 1970 */
  readonly clock: () => number;
  /** Other times than the usual ones, for tests. */
  readonly times?: Partial<Record<keyof typeof directoryTimes, number>>;
}

/** What was asked on a service connection. */
export interface ServiceAnswer<T> {
  readonly value: T;
  /** Whether it would be the same on a new connection. False for an answer that is empty. */
  readonly isCertain: boolean;
}

/** The directory of one revision of a provider. Its functions throw a DirectoryFailure or a DirectoryRefusal. */
export interface Directory {
  /**
   * Asks on a connection of the service account. An answer on a kept connection that is a refusal, a failure or not certain is not
   * believed: `ask` runs once more, on a new connection.
   */
  ask<T>(ask: (connection: DirectoryConnection) => Promise<ServiceAnswer<T>>): Promise<T>;
  /** Binds as somebody, on a new connection that is closed then. Throws a DirectoryRefusal if the directory does not accept them. */
  bindAs(dn: string, password: string): Promise<void>;
  close(): void;
}

const serviceConnections = 4;
/** How many logins may bind at a time. */
const personConnections = 16;

/** Creates the directory of a provider. */
export function createDirectory({ times, clock, ...deps }: DirectoryDeps, { configuration, secrets }: LdapProvider): Directory {
  const { connect: connectTime, operation, idle: idleTime } = { ...directoryTimes, ...times };
  const idle = createIdleConnections(idleTime);
  const breaker = createBreaker(clock);
  const serviceTurns = createTurns({ size: serviceConnections, patience: operation });
  const personTurns = createTurns({ size: personConnections, patience: operation });
  const open = createOpener({ ...deps, connectTime, operationTime: operation }, configuration);

  async function openAsService(): Promise<DirectoryConnection> {
    const { bindPassword = '' } = secrets;
    if (bindPassword === '') throw directoryFailure('service-refused', 'NO_PASSWORD');
    const connection = await open();
    try {
      await connection.bind(configuration.bindDn, bindPassword);
      return connection;
    } catch (error) {
      connection.close();
      // This says nothing about a person. It counts as a failure: else each login would help to lock the account of the service.
      throw isDirectoryRefusal(error) ? directoryFailure('service-refused', error.resultCode) : error;
    }
  }

  /** Counts what the directory does for the breaker. */
  async function counted<T>(work: () => Promise<T>): Promise<T> {
    breaker.require();
    try {
      const value = await work();
      breaker.succeeded();
      return value;
    } catch (error) {
      if (isDirectoryFailure(error)) breaker.failed();
      else breaker.succeeded();
      throw error;
    }
  }

  async function askOnKept<T>(ask: (connection: DirectoryConnection) => Promise<ServiceAnswer<T>>): Promise<ServiceAnswer<T> | undefined> {
    const kept = idle.take();
    if (!kept) return undefined;
    try {
      const answer = await ask(kept);
      if (answer.isCertain) idle.keep(kept);
      else kept.close();
      return answer.isCertain ? answer : undefined;
    } catch (error) {
      kept.close();
      if (isDirectoryFailure(error) || isDirectoryRefusal(error)) return undefined;
      throw error;
    }
  }

  async function askOnNew<T>(ask: (connection: DirectoryConnection) => Promise<ServiceAnswer<T>>): Promise<ServiceAnswer<T>> {
    const connection = await openAsService();
    try {
      const answer = await ask(connection);
      idle.keep(connection);
      return answer;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  return {
    ask: (ask) => serviceTurns.run(() => counted(async () => (await askOnKept(ask) ?? await askOnNew(ask)).value)),
    bindAs: (dn, password) => personTurns.run(() => counted(async () => {
      const connection = await open();
      try {
        await connection.bind(dn, password);
      } finally {
        connection.close();
      }
    })),
    close() { idle.close(); },
  };
}
