import { commandText } from '../errors/command-text.ts';
import { version } from '../boot/version.ts';
import type { InitReport } from '../../config/init.ts';
import type { Gatehouse } from '../gatehouse.types.ts';
import type { Settings } from '../settings/load-settings.ts';
import type { ServerLog } from './server-log.ts';

/** A server that has started to serve. */
export interface Serving {
  readonly gatehouse: Gatehouse;
  readonly settings: Settings;
  readonly report: InitReport;
  readonly origin: string;
  /** The origin of the metrics server, if there is one. */
  readonly metricsOrigin: string | null;
}

/** Says the addresses and the state of a started server. `database` describes the database and where its data is. */
export async function announceStart(
  log: Pick<ServerLog, 'started'>, { gatehouse, settings, report, origin, metricsOrigin }: Serving, database: string,
): Promise<void> {
  const setUp = await describeSetUp(gatehouse, settings, report, origin);
  const message = `Gatehouse listens on ${origin}`;
  const lines = [
    message,
    `  docs      ${origin}/docs`,
    `  health    ${origin}/readyz`,
    ...(metricsOrigin === null ? [] : [`  metrics   ${metricsOrigin}/metrics`]),
    `  database  ${database}`,
    ...(settings.workers > 1 ? [`  workers   ${settings.workers}`] : []),
    `  seeding   ${describeReport(report)}`,
    ...(setUp === null ? [] : [`  set-up    ${setUp}`]),
  ];
  log.started(message, { origin, metricsOrigin, database, workers: settings.workers, seeding: report, setUp, version }, lines);
}

// In production, logs are collected, and everyone who reads them could use the link. So only a command prints it there.
async function describeSetUp(
  gatehouse: Gatehouse, settings: Settings, { superadmin }: InitReport, origin: string,
): Promise<string | null> {
  if (superadmin !== 'needs-set-up') return null;
  if (settings.production) {
    return `no superadmin can log in yet: run "${commandText('seed', '--link')}", or set SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD`;
  }
  const token = await gatehouse.renewSetUpToken();
  // With PORT=0, the port of the public URL is known only now.
  const base = settings.publicUrl.endsWith(':0') ? origin : settings.publicUrl;
  return token === null ? null : setUpLink(base, token);
}

/** The link that sets up the first superadmin. Its secret is after the #, so it is never sent or logged. */
export function setUpLink(base: string, token: string): string {
  return `${base}/users/set-up-superadmin#token=${token}`;
}

/** Describes the seeding in one line. */
export function describeReport({ rolesCreated, rights, rolesChanged }: InitReport): string {
  return `created ${rolesCreated} roles, ${rights} rights; ${rolesChanged} changed`;
}

/** The server and database of a URI, without its credentials. */
export function describeUri(uri: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/)[^/]*@/, '$1').replace(/\?.*$/, '');
}
