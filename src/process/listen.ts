import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exit } from './exit-codes.ts';
import { createMetricsServer } from './metrics.server.ts';
import type { Settings } from '../settings/load-settings.ts';

export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The setting of the port. */
  readonly setting: 'PORT' | 'METRICS_PORT';
}

/** Starts to listen and returns the origin. Rejects with an error for which `exitWith` has an exit code and a message. */
export async function listen(server: Server, address: Address): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, address)));
    server.listen(address.port, address.host, resolve);
  });
  const taken = server.address() as AddressInfo; // a server with host and port has no other type of address
  return `http://${taken.family === 'IPv6' ? `[${taken.address}]` : taken.address}:${taken.port}`;
}

export interface ListeningServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the metrics of `read` on METRICS_PORT. Returns null if the port is not set. */
export async function serveMetrics(
  { host, metrics: { port } }: Pick<Settings, 'host' | 'metrics'>, read: () => Promise<string>,
): Promise<ListeningServer | null> {
  if (port === null) return null;
  const server = createMetricsServer(read);
  const origin = await listen(server, { host, port, setting: 'METRICS_PORT' });
  return {
    origin,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function explainListening(error: NodeJS.ErrnoException, { host, port, setting }: Address): Error {
  switch (error.code) {
    case 'EADDRINUSE': return exit('portTaken', `Port ${port} of ${host} is in use. Stop the other program, or change ${setting}.`, error);
    case 'EACCES': return exit(
      'portForbidden', `This user may not use port ${port}. Set ${setting} to 1024 or above, or allow the port for this user.`, error,
    );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return exit('configuration', `HOST ${host} is not an address of this machine. Set an address of it, or 0.0.0.0 for all.`, error);
    default: return error;
  }
}
