/** Where a server keeps its data, and on which port of 127.0.0.1 it listens. */
export interface Place {
  port: number;
  storage: string;
  ephemeral: boolean;
}

/** A database server that can be started here: its command line, and what its log says when it is ready. */
export interface Engine {
  kind: 'mongod' | 'memory-server' | 'secantus';
  /** Name and version for people. */
  name: string;
  /** Folder under the data folder; engines that read each other's files share one. */
  folder: 'mongod' | 'secantusdb';
  /** Whether it bears floods and large data. */
  isFast: boolean;
  command: (place: Place) => string[];
  /** What its address says besides the replica set. */
  addressOptions: Readonly<Record<string, string>>;
  /** Matches the log once the server listens on its own port, so that nobody else's server is taken for it. */
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

/** Describes an installed SecantusDB as an engine; `program` begins its command line. Of its two servers, that in Rust is fast, and the other can hold data in memory alone. */
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
      // Without it a killed server loses writes it has acknowledged.
      '--sync-on-commit',
    ],
    // It looks through its last 10,000 records of such writes at every further one; a single node has no other to retry on.
    addressOptions: { retryWrites: 'false' },
    ready: /secantus(?:d-rs)? listening on/,
  };
}

/** The address of a server that is the primary of its set; `database` may be left out. */
export function addressOf({ addressOptions }: Engine, port: number, replicaSet: string, database = ''): string {
  return `mongodb://127.0.0.1:${String(port)}/${database}?${String(new URLSearchParams({ replicaSet, ...addressOptions }))}`;
}
