import type { DirectoryConnection } from './directory-connection.ts';

/** The connections of the service account that nobody uses at this moment. */
export interface IdleConnections {
  /** The one that was used last; undefined if there is none that can be used. */
  take(): DirectoryConnection | undefined;
  keep(connection: DirectoryConnection): void;
  /** Closes all, also those that are kept later. */
  close(): void;
}

/** Creates the place of idle connections. A connection that nobody uses for `idleTime` ms is closed. */
export function createIdleConnections(idleTime: number): IdleConnections {
  const idle = new Map<DirectoryConnection, NodeJS.Timeout>();
  let isClosed = false;

  function remove(connection: DirectoryConnection): void {
    clearTimeout(idle.get(connection));
    idle.delete(connection);
  }

  function drop(connection: DirectoryConnection): void {
    remove(connection);
    connection.close();
  }

  return {
    take() {
      for (const connection of [...idle.keys()].reverse()) {
        remove(connection);
        if (connection.isUsable()) return connection;
      }
      return undefined;
    },
    keep(connection) {
      if (isClosed || !connection.isUsable()) {
        connection.close();
        return;
      }
      idle.set(connection, setTimeout(() => { drop(connection); }, idleTime).unref());
    },
    close() {
      isClosed = true;
      for (const connection of idle.keys()) drop(connection);
    },
  };
}
