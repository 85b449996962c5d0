/** Where a server keeps its data, and on which port of 127.0.0.1 it listens. */
export interface ServerPlace {
  port: number;
  storage: string;
  ephemeral: boolean;
}

/** A database server that can be started here: its command line, and the text in its log once it is ready. */
export interface Engine {
  kind: 'mongod' | 'memory-server' | 'secantus';
  /** Name and version, for people. */
  name: string;
  /** Folder under the data folder; engines that read each other's files share one. */
  folder: 'mongod' | 'secantusdb';
  /** Whether it is fast enough for floods and large data. */
  isFast: boolean;
  command: (place: ServerPlace) => string[];
  /** Options of its address besides the replica set. */
  addressOptions: Readonly<Record<string, string>>;
  /** Matches the log once the server listens on its own port: another server on that port is not mistaken for it. */
  ready: RegExp;
}

/** The name given to the one-node replica set of a `mongod`. */
export const replicaSetName = 'gatehouse';

/** Describes a `mongod` binary as an engine. */
export function mongodEngine(kind: 'mongod' | 'memory-server', binary: string, version: string): Engine {
  return {
    kind,
    name: kind === 'mongod' ? `mongod ${version}` : `mongod ${version} of mongodb-memory-server`,
    folder: 'mongod',
    isFast: true,
    command: ({ port, storage }) =>
      [binary, '--dbpath', storage, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', replicaSetName],
    addressOptions: {},
    ready: /Waiting for connections/i,
  };
}

/**
 * Describes an installed SecantusDB as an engine; its command line begins with `program`.
 *
 * The server in Rust is fast. The one in Python can keep throw-away data in memory.
 */
export function secantusEngine(program: string[], version: string, isFast = false): Engine {
  return {
    kind: 'secantus',
    name: `SecantusDB ${version}`,
    folder: 'secantusdb',
    isFast,
    command: ({ port, storage, ephemeral }) => [
      ...program,
      '--host', '127.0.0.1',
      '--port', String(port),
      '--storage-path', ephemeral && !isFast ? ':memory:' : storage,
      // Without it a killed server loses writes that it has acknowledged.
      '--sync-on-commit',
    ],
    // Each retryable write makes it read its records of the last 10,000. A single node has no other node to retry on.
    addressOptions: { retryWrites: 'false' },
    ready: /secantus(?:d-rs)? listening on/,
  };
}

/** The address of a server that is the primary of its replica set. */
export function addressOf({ addressOptions }: Engine, port: number, replicaSet: string, database = ''): string {
  return `mongodb://127.0.0.1:${String(port)}/${database}?${String(new URLSearchParams({ replicaSet, ...addressOptions }))}`;
}
