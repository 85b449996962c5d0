import { Client, ResultCodeError } from 'ldapts';
import type { Filter } from 'ldapts';
import type { Socket } from 'node:net';
import { directoryFailure, directoryRefusal } from './directory-errors.ts';
import type { DirectoryFailure } from './directory-errors.ts';
import { createMessageStream } from './message-stream.ts';

/** An entry as the directory sent it. Values that are no text are bytes. */
export interface DirectoryEntry {
  readonly dn: string;
  /** The values of an attribute, whose name is compared without regard to letter case. */
  readonly valuesOf: (attribute: string) => readonly (string | Buffer)[];
  /** Whether the directory sent only a part of the values (Active Directory does for more than 1,500). */
  readonly isPartial: (attribute: string) => boolean;
}

export interface DirectorySearch {
  readonly baseDn: string;
  readonly scope: 'base' | 'sub';
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** Attributes whose values are bytes, even if they happen to be text. */
  readonly binary?: readonly string[];
  readonly sizeLimit: number;
}

export interface Found {
  readonly entries: readonly DirectoryEntry[];
  /** Whether a limit ended the search, so that there may be more. */
  readonly isShort: boolean;
}

/**
 * A connection to a directory. It is never opened again: a connection that was closed only throws from then on.
 *
 * Throws a DirectoryRefusal for an answer other than success, and a DirectoryFailure for everything else. Referrals are not followed:
 * one as the result is a refusal, and those beside entries are left out.
 */
export interface DirectoryConnection {
  /** Simple bind (RFC 4513 section 5.1.3). Throws a TypeError for a name or a password with which it would be another kind of bind. */
  bind(name: string, password: string): Promise<void>;
  search(search: DirectorySearch): Promise<Found>;
  /** Whether nothing has gone wrong on it. */
  isUsable(): boolean;
  close(): void;
}

/** The directory was too slow, has too much to do, or is shutting down (RFC 4511 section 4.1.9): this is no answer about a person. */
const notNow: readonly number[] = [3, 51, 52];
const sizeLimitExceeded = 4;

/** Creates the connection on an open socket. `operationTime` is the time for one answer, in ms. */
export function createDirectoryConnection(socket: Socket, operationTime: number): DirectoryConnection {
  let fault: DirectoryFailure | undefined;
  const stream = createMessageStream(socket, (failure) => { fault ??= failure; });
  const fail = (failure: DirectoryFailure) => {
    fault ??= failure;
    stream.destroy();
    return fault;
  };
  let isTaken = false;
  const client = new Client({
    url: 'ldap://directory', // it is open already
    createConnection: (() => {
      // Otherwise the library opens another connection by itself, which is anonymous.
      if (isTaken) throw directoryFailure('unreachable', 'CLOSED');
      isTaken = true;
      return Object.assign(stream, { connecting: false, readyState: 'open' }) as unknown; // all of a socket that the library uses
    }) as () => Socket,
  });

  async function run<T>(operation: () => Promise<T>): Promise<T> {
    if (fault) throw fault;
    stream.begin();
    const timer = setTimeout(() => { fail(directoryFailure('timeout')); }, operationTime);
    try {
      return await operation();
    } catch (error) {
      if (error instanceof ResultCodeError && !notNow.includes(error.code)) throw directoryRefusal(error.code);
      throw fail(error instanceof ResultCodeError ? directoryFailure('unavailable', error.code) : directoryFailure('protocol'));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async bind(name, password) {
      if (!/[=@\\]/.test(name) || password === '') throw new TypeError('A bind without a name or a password is anonymous.');
      await run(() => client.bind(name, password));
    },
    search: ({ baseDn, attributes, binary = [], ...options }) => run(async () => {
      const { searchEntries } = await client.search(baseDn, {
        ...options, attributes: [...attributes], explicitBufferAttributes: [...binary], timeLimit: Math.ceil(operationTime / 1_000),
      });
      return { entries: searchEntries.map(entryOf), isShort: stream.lastSearchResult() === sizeLimitExceeded };
    }),
    isUsable: () => fault === undefined,
    close() {
      if (fault) return;
      fault = directoryFailure('unreachable', 'CLOSED');
      // The directory is told so. A connection that cannot be written to is ended all the same.
      client.unbind().catch(() => undefined).finally(() => { stream.destroy(); });
    },
  };
}

function entryOf({ dn, ...attributes }: { readonly dn: string; readonly [name: string]: unknown }): DirectoryEntry {
  const values = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    dn,
    valuesOf(attribute) {
      const value = values.get(attribute.toLowerCase());
      const all: readonly unknown[] = Array.isArray(value) ? value : [value];
      return all.filter((each): each is string | Buffer => typeof each === 'string' || Buffer.isBuffer(each));
    },
    isPartial: (attribute) => [...values.keys()].some((name) => name.startsWith(`${attribute.toLowerCase()};range=`)),
  };
}
