import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Sender } from '../platform/mail/mail.address.ts';
import type { OutboundNetwork } from '../platform/outbound/outbound-networks.ts';
import type { TenantSource } from './tenant-sources.ts';
import { listSettings, originOf, settingsSchema, type ParsedSettings, type SettingName } from './settings.schema.ts';

/** All settings of a deployment. Keys are KeyObjects, so that they are never printed. */
export interface Settings {
  readonly production: boolean;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** The number of worker processes, at least 1. */
  readonly workers: number;
  readonly maxConnections: number;
  readonly maxRequests: number;
  /** How long a stopping server still accepts connections, in ms. */
  readonly stopDelay: number;
  /** An origin, without a trailing slash. The default is built from host and port, even if the port is 0. */
  readonly publicUrl: string;
  readonly mongodbUri: string;
  /** How long the database may give no answer before requests are answered with 503, in ms. */
  readonly databaseSilence: number;
  /** The maximum age of data in memory at a decision, in ms; 0: nothing is kept in memory. */
  readonly maxStaleness: number;
  /** null: no shared cache. */
  readonly redisUrl: string | null;
  /** 32 bytes. */
  readonly keyEncryptionKey: KeyObject;
  readonly pepper: { readonly id: string; readonly key: KeyObject };
  /** bcrypt cost. */
  readonly passwordCost: number;
  readonly accessTokenSeconds: number;
  /** The maximum difference between the clocks of nodes and of services that verify access tokens, in seconds. */
  readonly clockTolerance: number;
  /** Without a trailing slash; null: roles are not repeated. */
  readonly claimsNamespace: string | null;
  readonly sessionHours: number;
  readonly auditDays: number;
  /**
   * Mail goes to the server, or as files into `folder` if there is no server. With neither, no mail is sent yet. `templates` is the folder
   * with texts of mails.
   */
  readonly mail: {
    readonly smtpUrl: string | null; readonly folder: string | null; readonly from: Sender; readonly templates: string | null;
  };
  /** The name of the application in mails and pages. */
  readonly appName: string;
  /** Where people may go after the pages of mailed links. The first one is used unless a call names another one. */
  readonly returnUrls: readonly string[];
  readonly corsOrigins: readonly string[];
  /** The sources that name the tenant of a request without a token, in their order. */
  readonly tenantFrom: readonly TenantSource[];
  /** Addresses and CIDR ranges of proxies, or `loopback`: Express's "trust proxy". */
  readonly trustProxy: readonly string[];
  /** The private networks that addresses written by tenants may lead to. */
  readonly outboundNetworks: readonly OutboundNetwork[];
  /** The proxies that may log users in by a header: addresses, CIDR ranges, or `loopback`. */
  readonly headerProxies: readonly string[];
  /** The DNS servers that prove domains; empty: those of the system. */
  readonly dnsServers: readonly string[];
  readonly superadmin: { readonly email: string; readonly password: string } | null;
  readonly logLevel: ParsedSettings['LOG_LEVEL'];
  /** Metrics are served on a port of their own, and to requests with the bearer token. null: not served there. */
  readonly metrics: { readonly port: number | null; readonly token: KeyObject | null };
}

/** One missing or wrong setting. It never contains the value of a secret. */
export interface SettingFault {
  readonly name: SettingName;
  /** Continues the sentence that starts with the name: "is not set". */
  readonly problem: string;
  readonly cure: string;
}

/** The error of `loadSettings`. Its message lists every fault and its cure. */
export interface SettingsError extends Error {
  readonly name: 'SettingsError';
  readonly faults: readonly SettingFault[];
}

type Environment = Readonly<Record<string, string | undefined>>;
type Given = Partial<Record<SettingName, string>>;

export interface LoadOptions {
  /** The host app has its own `mail` transport, so production needs no SMTP_URL. */
  readonly ownMail?: boolean;
}

/**
 * Reads the settings from environment variables, such as `process.env`.
 *
 * An empty variable counts as unset. Unknown variables are ignored. Throws a SettingsError that lists all faults.
 */
export function loadSettings(env: Environment, { ownMail = false }: LoadOptions = {}): Settings {
  const given: Given = {};
  const fallbacks: Given = {};
  for (const { name, note } of listSettings()) {
    const text = env[name];
    if (text !== undefined && text !== '') given[name] = text;
    else if (note.fallback !== undefined) fallbacks[name] = note.fallback;
  }
  const parsed = settingsSchema.safeParse({ ...fallbacks, ...given });
  const faults = findFaults(given, parsed.error?.issues ?? [], ownMail ? ['SMTP_URL'] : []);
  if (!parsed.success || faults.length > 0) throw toError(faults);
  return toSettings(parsed.data);
}

/** Whether an error comes from `loadSettings`. */
export function isSettingsError(error: unknown): error is SettingsError {
  return error instanceof Error && error.name === 'SettingsError' && 'faults' in error;
}

/** Every value except development and test counts as production, so that a misspelled NODE_ENV hides no fault. */
export function isProduction({ NODE_ENV: name }: Environment): boolean {
  return name !== undefined && name !== '' && !['development', 'test'].includes(name);
}

function findFaults(
  given: Given, issues: readonly { path: PropertyKey[]; message: string }[], spared: readonly SettingName[],
): SettingFault[] {
  return listSettings().flatMap(({ name, note }) => {
    const problem = missing(
      name, spared.includes(name) ? 'no' : note.required, given,
    ) ?? issues.find((issue) => issue.path[0] === name)?.message ?? conflict(name, given);
    return problem === undefined ? [] : [{ name, problem, cure: note.cure }];
  });
}

function missing(name: SettingName, required: string, given: Given): string | undefined {
  if (given[name] !== undefined || required === 'no') return undefined;
  if (isProduction(given)) return 'is not set, and production requires it';
  return required === 'always' ? 'is not set' : undefined;
}

/** The fault of a setting that depends on another one. It compares the texts, so that one wrong setting hides no other. */
function conflict(name: SettingName, given: Given): string | undefined {
  switch (name) {
    case 'PASSWORD_PEPPER':
      return given.PASSWORD_PEPPER === given.KEY_ENCRYPTION_KEY ? 'is the same as KEY_ENCRYPTION_KEY' : undefined;
    case 'PASSWORD_COST':
      return isProduction(given) && Number(given.PASSWORD_COST ?? 10) < 10 ? 'is below 10, which is too low for production' : undefined;
    case 'RETURN_URLS':
      return isProduction(given) && /(?:^|,)\s*http:/i.test(given[name] ?? '') ? 'has entries that do not begin with https' : undefined;
    case 'METRICS_PORT':
      return Number(given[name] ?? 0) > 0 && Number(given[name]) === Number(given.PORT ?? 3000) ? 'is the same as PORT' : undefined;
    case 'MAIL_FOLDER':
      return isProduction(given) && given[name] !== undefined ? 'is set, but production sends its mail' : undefined;
    case 'SUPERADMIN_EMAIL':
      return given.SUPERADMIN_PASSWORD !== undefined && given[name] === undefined ? 'is not set, but SUPERADMIN_PASSWORD is' : undefined;
    case 'SUPERADMIN_PASSWORD':
      return given.SUPERADMIN_EMAIL !== undefined && given[name] === undefined ? 'is not set, but SUPERADMIN_EMAIL is' : undefined;
    default:
      return undefined;
  }
}

function toError(faults: readonly SettingFault[]): SettingsError {
  const lines = faults.map(({ name, problem, cure }) => `  ${name} ${problem}. ${cure}`);
  const title = faults.length === 1 ? '1 setting is missing or wrong:' : `${faults.length} settings are missing or wrong:`;
  return Object.assign(new Error([title, ...lines].join('\n')), { name: 'SettingsError' as const, faults });
}

function toSettings(parsed: ParsedSettings): Settings {
  const { HOST: host, PORT: port, SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: password } = parsed;
  const publicUrl = parsed.PUBLIC_URL ?? new URL(originOf(host, port)).origin;
  return {
    production: parsed.NODE_ENV === 'production',
    host,
    port,
    workers: parsed.WORKERS,
    maxConnections: parsed.MAX_CONNECTIONS,
    maxRequests: parsed.MAX_REQUESTS,
    stopDelay: parsed.STOP_DELAY,
    publicUrl,
    mongodbUri: parsed.MONGODB_URI,
    databaseSilence: parsed.DATABASE_SILENCE,
    maxStaleness: parsed.MAX_STALENESS,
    redisUrl: parsed.REDIS_URL ?? null,
    keyEncryptionKey: parsed.KEY_ENCRYPTION_KEY,
    pepper: { id: parsed.PASSWORD_PEPPER_ID, key: parsed.PASSWORD_PEPPER },
    passwordCost: parsed.PASSWORD_COST,
    accessTokenSeconds: parsed.ACCESS_TOKEN_SECONDS,
    clockTolerance: parsed.CLOCK_TOLERANCE,
    claimsNamespace: parsed.CLAIMS_NAMESPACE ?? null,
    sessionHours: parsed.SESSION_HOURS,
    auditDays: parsed.AUDIT_DAYS,
    mail: {
      smtpUrl: parsed.SMTP_URL ?? null, folder: parsed.MAIL_FOLDER ?? null,
      templates: parsed.MAIL_TEMPLATES ?? null,
      from: parsed.MAIL_FROM ?? defaultSender(parsed.APP_NAME, publicUrl),
    },
    appName: parsed.APP_NAME,
    returnUrls: parsed.RETURN_URLS,
    tenantFrom: parsed.TENANT_FROM,
    corsOrigins: parsed.CORS_ORIGINS,
    trustProxy: parsed.TRUST_PROXY,
    outboundNetworks: parsed.OUTBOUND_NETWORKS,
    headerProxies: parsed.SSO_HEADER_PROXIES,
    dnsServers: parsed.DNS_SERVERS,
    superadmin: email !== undefined && password !== undefined ? { email, password } : null,
    logLevel: parsed.LOG_LEVEL,
    metrics: { port: parsed.METRICS_PORT ?? null, token: parsed.METRICS_TOKEN ?? null },
  };
}

/** The sender is at the host of the public URL. An IP address is no mail domain, so `localhost` replaces it. */
function defaultSender(name: string, publicUrl: string): Sender {
  const { hostname } = new URL(publicUrl);
  return { name, address: `no-reply@${isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : 'localhost'}` };
}
