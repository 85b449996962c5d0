import type { LdapConfiguration } from '../ldap.types.ts';
import { createDirectoryConnection } from './directory-connection.ts';
import type { DirectoryConnection } from './directory-connection.ts';
import { directoryFailure, isDirectoryFailure } from './directory-errors.ts';
import type { DirectoryFailure } from './directory-errors.ts';
import { openSocket } from './open-socket.ts';
import type { OpenSocketDeps } from './open-socket.ts';

export interface OpenerDeps extends OpenSocketDeps {
  /** The time for one answer, in ms. */
  readonly operationTime: number;
}

/**
 * Creates the function that opens a connection to the first address that answers. It begins with the one that answered last.
 *
 * The function throws the DirectoryFailure of the first address that it tried.
 */
export function createOpener({ operationTime, ...deps }: OpenerDeps, configuration: LdapConfiguration): () => Promise<DirectoryConnection> {
  const { urls } = configuration;
  let preferred = 0;
  return async () => {
    let first: DirectoryFailure | undefined;
    for (const url of [...urls.slice(preferred), ...urls.slice(0, preferred)]) {
      try {
        const socket = await openSocket(deps, url, configuration);
        preferred = urls.indexOf(url);
        return createDirectoryConnection(socket, operationTime);
      } catch (error) {
        if (!isDirectoryFailure(error)) throw error;
        first ??= error;
      }
    }
    throw first ?? directoryFailure('unreachable');
  };
}
