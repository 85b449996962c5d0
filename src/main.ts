import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { InitReport } from '../config/init.ts';
import { createApp } from './app.ts';
import { exit, exitWith } from './exit.ts';
import { createGatehouse } from './gatehouse.ts';
import type { Gatehouse } from './gatehouse.ts';
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
      const origin = await listen(server, settings);
      try {
        await announce({ gatehouse, settings, report, origin, database: database ?? describeUri(settings.mongodbUri) });
        await signal;
      } finally {
        await stop(server);
      }
    } finally {
      await gatehouse.close();
    }
  } finally {
    await connection.close();
  }
}

async function listen(server: Server, { host, port }: Settings): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, host, port)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo; // a server that listens on host and port has no other kind
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function explainListening(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE': return exit('portTaken', `Port ${port} of ${host} is in use. Stop what runs there, or set PORT.`, error);
    case 'EACCES': return exit('portForbidden', `Port ${port} is not for this user. Set PORT to 1024 or above, or allow it.`, error);
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
  readonly database: string;
}

async function announce({ gatehouse, settings, report, origin, database }: Announcement): Promise<void> {
  const lines = [
    `Gatehouse listens on ${origin}`,
    `  docs      ${origin}/docs`,
    `  health    ${origin}/readyz`,
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
