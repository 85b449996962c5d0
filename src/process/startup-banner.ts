import type { InitReport } from '../../config/init.ts';
import type { Gatehouse } from '../gatehouse.types.ts';
import type { Settings } from '../settings/load-settings.ts';

/** A server that has begun to serve. */
export interface Serving {
  readonly gatehouse: Gatehouse;
  readonly settings: Settings;
  readonly report: InitReport;
  readonly origin: string;
  /** Of the server for metrics, if there is one. */
  readonly metricsOrigin: string | null;
}

/** Prints what a person at the terminal needs to know of a start; `database` says which one it is and where its data lies. */
export async function printStartupBanner({ gatehouse, settings, report, origin, metricsOrigin }: Serving, database: string): Promise<void> {
  const lines = [
    `Gatehouse listens on ${origin}`,
    `  docs      ${origin}/docs`,
    `  health    ${origin}/readyz`,
    ...(metricsOrigin === null ? [] : [`  metrics   ${metricsOrigin}/metrics`]),
    `  database  ${database}`,
    ...(settings.workers > 1 ? [`  workers   ${settings.workers}`] : []),
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
