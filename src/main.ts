import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { InitReport } from '../config/init.ts';
import { createApp } from './app.ts';
import { createGatehouse } from './gatehouse.ts';
import type { Gatehouse } from './gatehouse.ts';
import { connect } from './mongo/connect.ts';
import { isSettingsError, loadSettings } from './settings.ts';
import type { Settings } from './settings.ts';

/** Exit codes of sysexits.h: what a start can fail for. */
export const exitCodes = { configuration: 78, databaseUnreachable: 69, software: 70 } as const;

type Environment = Readonly<Record<string, string | undefined>>;

export interface MainOptions {
  /** Says which database this is and where its data lies. */
  readonly database?: string;
  /** Told when the server has stopped, to stop what was started for it. */
  readonly onStopped?: () => Promise<void>;
}

/** Thrown by a start that cannot go on; the message is for the person at the terminal. */
interface StartFailure extends Error {
  readonly exitCode: number;
}

/**
 * Runs the server until SIGINT or SIGTERM: settings, connect, census, init, listen, stop cleanly.
 *
 * Rejects with an exit code of {@link exitCodes} and one message that says what to do.
 */
export async function main(environment: Environment, { database, onStopped }: MainOptions = {}): Promise<void> {
  const settings = readSettings(environment);
  const connection = await connect(settings.mongodbUri).catch((error: unknown) => {
    throw failure(exitCodes.databaseUnreachable, `The database of MONGODB_URI does not answer (${messageOf(error)}). Start it, or correct MONGODB_URI.`);
  });
  const gatehouse = createGatehouse({ connection, settings });
  const app = createApp(gatehouse);
  try {
    const report = await gatehouse.init(app);
    const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, app);
    gatehouse.guardUpgrades(server);
    const origin = await listen(server, settings);
    await announce({ gatehouse, settings, report, origin, database: database ?? describeUri(settings.mongodbUri) });
    await untilSignal();
    await stop(server);
  } finally {
    await gatehouse.close();
    await connection.close();
    await onStopped?.();
  }
}

function readSettings(environment: Environment): Settings {
  try {
    return loadSettings(environment);
  } catch (error) {
    if (isSettingsError(error)) throw failure(exitCodes.configuration, error.message);
    throw error;
  }
}

async function listen(server: Server, { host, port }: Settings): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE'
      ? failure(exitCodes.databaseUnreachable, `Port ${port} of ${host} is in use. Stop what runs there, or set PORT.`)
      : error));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo; // a server that listens on host and port has no other kind
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
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
  if (settings.production) return ['  set-up    no superadmin can log in yet: run "npm run seed -- --link", or set SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD'];
  const token = await gatehouse.renewSetUpToken();
  // With PORT=0 the port is known only now.
  const base = settings.port === 0 ? origin : settings.publicUrl;
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
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/)[^@/]*@/, '$1').replace(/\?.*$/, '');
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearTimeout(patience);
}

function failure(exitCode: number, message: string): StartFailure {
  return Object.assign(new Error(message), { exitCode });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends the process as a failed start should: its message on stderr, its exit code, no stack for what a person can mend. */
export function exitWith(error: unknown): void {
  const known = error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number' ? error.exitCode : undefined;
  process.stderr.write(`${known !== undefined || !(error instanceof Error) ? messageOf(error) : error.stack ?? error.message}\n`);
  process.exitCode = known ?? exitCodes.software;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.env).catch(exitWith);
