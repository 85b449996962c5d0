import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { InitReport } from '../config/init.ts';
import { createApp } from './app.ts';
import { exit, exitWith } from './exit.ts';
import { createGatehouse } from './gatehouse.ts';
import type { Gatehouse } from './gatehouse.ts';
import { createMetricsServer } from './metrics/metrics.server.ts';
import { connect } from './mongo/connect.ts';
import { loadSettings } from './settings.ts';
import type { Settings } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface MainOptions {
  /** Says which database this is and where its data lies. */
  readonly database?: string;
}

/** How long requests that are being answered may take after the signal to stop, in ms. */
const patience = 10_000;

/**
 * Runs the server until SIGINT or SIGTERM: settings, connect, census, init, listen, stop cleanly.
 *
 * Rejects with what `exitWith` has an exit code and a message for.
 */
export async function main(environment: Environment, { database }: MainOptions = {}): Promise<void> {
  const settings = loadSettings(environment);
  const connection = await connect(settings.mongodbUri);
  try {
    const gatehouse = createGatehouse({ connection, settings });
    try {
      const app = createApp(gatehouse, settings);
      const report = await gatehouse.init(app);
      const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app);
      gatehouse.guardUpgrades(server);
      const signal = untilSignal();
      const { host, port, metrics } = settings;
      const metricsServer = metrics.port === null ? null : createMetricsServer(gatehouse.metrics);
      try {
        const origin = await listen(server, { host, port, setting: 'PORT' });
        const metricsOrigin = metricsServer && await listen(metricsServer, { host, port: metrics.port ?? 0, setting: 'METRICS_PORT' });
        await announce({ gatehouse, settings, report, origin, metricsOrigin, database: database ?? describeUri(settings.mongodbUri) });
        await signal;
      } finally {
        await stop(server);
        if (metricsServer) await stop(metricsServer);
      }
    } finally {
      await gatehouse.close();
    }
  } finally {
    await connection.close();
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
  /** Where the port was set. */
  readonly setting: 'PORT' | 'METRICS_PORT';
}

async function listen(server: Server, address: Address): Promise<string> {
  const { host, port } = address;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, address)));
    server.listen(port, host, resolve);
  });
  const taken = server.address() as AddressInfo; // a server that listens on host and port has no other kind
  return `http://${taken.family === 'IPv6' ? `[${taken.address}]` : taken.address}:${taken.port}`;
}

function explainListening(error: NodeJS.ErrnoException, { host, port, setting }: Address): Error {
  switch (error.code) {
    case 'EADDRINUSE': return exit('portTaken', `Port ${port} of ${host} is in use. Stop what runs there, or set ${setting}.`, error);
    case 'EACCES': return exit('portForbidden', `Port ${port} is not for this user. Set ${setting} to 1024 or above, or allow it.`, error);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': return exit('configuration', `HOST ${host} is no address of this machine. Set one that is, or 0.0.0.0 for all.`, error);
    default: return error;
  }
}

interface Announcement {
  readonly gatehouse: Gatehouse;
  readonly settings: Settings;
  readonly report: InitReport;
  readonly origin: string;
  /** Of the server for metrics, if there is one. */
  readonly metricsOrigin: string | null;
  readonly database: string;
}

async function announce({ gatehouse, settings, report, origin, metricsOrigin, database }: Announcement): Promise<void> {
  const lines = [
    `Gatehouse listens on ${origin}`,
    `  docs      ${origin}/docs`,
    `  health    ${origin}/readyz`,
    ...(metricsOrigin === null ? [] : [`  metrics   ${metricsOrigin}/metrics`]),
    `  database  ${database}`,
    `  seeding   ${describeReport(report)}`,
    ...(await setUpLines(gatehouse, settings, report, origin)),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

// Production logs are collected, and a link in them is a way in for whoever reads them: there it is printed by command alone.
async function setUpLines(gatehouse: Gatehouse, settings: Settings, { superadmin }: InitReport, origin: string): Promise<string[]> {
  if (superadmin !== 'needs-set-up') return [];
  if (settings.production) {
    return ['  set-up    no superadmin can log in yet: run "npm run seed -- --link", or set SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD'];
  }
  const token = await gatehouse.renewSetUpToken();
  // Made of PORT=0, the public URL names a port that is known only now.
  const base = settings.publicUrl.endsWith(':0') ? origin : settings.publicUrl;
  return token === null ? [] : [`  set-up    ${setUpLink(base, token)}`];
}

/** The link that sets up the first superadmin; its secret stands after the #, which is never sent or logged. */
export function setUpLink(base: string, token: string): string {
  return `${base}/users/set-up-superadmin#token=${token}`;
}

/** What the seeding did, in one line. */
export function describeReport({ rolesCreated, rights, rolesChanged }: InitReport): string {
  return `created ${rolesCreated} roles, ${rights} rights; ${rolesChanged} changed`;
}

/** Which server and database a URI names, without its credentials. */
export function describeUri(uri: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/)[^/]*@/, '$1').replace(/\?.*$/, '');
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection that has been answered would otherwise be kept open for another request, and the process with it.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const timer = setTimeout(() => server.closeAllConnections(), patience);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.env).catch(exitWith);
