import { createSecretKey } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { isDisplayName, parseSender } from '../platform/mail/mail.address.ts';
import { isPasswordAcceptable } from '../platform/passwords/password.rule.ts';
import { parseOutboundNetwork } from '../platform/outbound/outbound-networks.ts';
import { isReturnUrl } from './return-urls.ts';
import { isDnsServer, isFolder, isProxy, isRedisUrl, isSmtpUrl } from './setting-forms.ts';
import { tenantSources } from './tenant-sources.ts';
import type { TenantSource } from './tenant-sources.ts';
import { maxClockTolerance } from '../tokens/verify-token.ts';

/** The documentation of one setting. */
export interface SettingNote {
  readonly about: string;
  /** How to correct a missing or wrong value: one sentence. */
  readonly cure: string;
  readonly required: 'always' | 'in production' | 'no';
  /** The text that is used if the variable is unset or empty. */
  readonly fallback?: string;
}

/** The notes of `settingsSchema`, for messages, `.env.example` and the table of settings. */
const settingNotes = z.registry<SettingNote>();

const randomCure = "Set the output of: node -p \"crypto.randomBytes(32).toString('base64')\"";

function wholeNumberText(from: number, to: number) {
  return z.string().refine(
    (text) => /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to, `is not a whole number from ${from} to ${to}`,
  );
}

function wholeNumber(from: number, to: number, fallback: number, about: string) {
  return wholeNumberText(from, to).transform(Number)
    .register(settingNotes, {
      about, required: 'no', fallback: String(fallback), cure: `Set a whole number from ${from} to ${to}, or remove it to use ${fallback}.`,
    });
}

/** Whether this is an origin exactly as browsers send it: http or https, host, and a port only if it is not the default. */
function isPlainOrigin(text: string): boolean {
  // The pattern refuses https://*.example, which URL accepts as an origin
  return /^https?:\/\/([a-z\d._-]+|\[[\da-f:]+\])(:\d+)?$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Whether a URL may be the prefix of a claim's name. It must be in its normal form, because clients compare it as text. */
function isNamespace(text: string): boolean {
  return text.length <= 200 && /^https?:\/\/[^\s?#]*[^\s?#/]$/.test(text) && URL.canParse(text)
    && [text, `${text}/`].includes(new URL(text).href);
}

/** The http origin of a listening address. IPv6 addresses are put in brackets (RFC 3986 section 3.2.2). */
export function originOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function toList(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part !== '');
}

function listOf(isRight: (entry: string) => boolean, what: string) {
  return z.string().transform(toList).refine((entries) => entries.every(isRight), {
    error: ({ input }) => {
      // zod types the failed value as unknown, but it is the list of toList
      const wrong = (input as string[]).filter((entry) => !isRight(entry));
      return `has entries that are not ${what} (${wrong.map((entry) => JSON.stringify(entry)).join(', ')})`;
    },
  });
}

/**
 * Whether bytes are too regular for a random key: they have fewer than 16 different values, or all steps between neighbours are
 * equal.
 *
 * One of 10^10 random keys is refused by mistake.
 */
function isWeak(bytes: Buffer): boolean {
  const steps = new Set(bytes.subarray(1).map((byte, at) => byte - (bytes[at] ?? 0)));
  return new Set(bytes).size < 16 || steps.size === 1;
}

function secretKey(isLength: (bytes: number) => boolean, length: string, about: string) {
  return z.string()
    .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'is not base64')
    .refine((text) => isLength(Buffer.from(text, 'base64').length), `is not the base64 of ${length}`)
    .refine((text) => !isWeak(Buffer.from(text, 'base64')), 'is too regular to be random')
    .transform((text) => createSecretKey(text, 'base64'))
    .register(settingNotes, { about, required: 'always', cure: `${randomCure}.` });
}

/** The text of the number of worker processes: 1 to 256, or `auto`. */
export const workersPattern = /^(auto|[1-9]\d?|1\d\d|2[0-4]\d|25[0-6])$/;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Parses all settings of the environment. The keys are the names of the variables. */
export const settingsSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test'], 'is neither development nor production nor test').register(settingNotes, {
    about: '`production` refuses missing and weak settings.', required: 'no', fallback: 'development',
    cure: 'Set development, production or test.',
  }),
  HOST: z.string()
    .refine((text) => /^[a-z\d.:-]+$/i.test(text) && URL.canParse(originOf(text, 1)), 'is neither an IP address nor a host name')
    .register(settingNotes, {
      about: 'Address to listen on; `0.0.0.0` for every network.', required: 'no', fallback: '127.0.0.1',
      cure: 'Set an address of this machine.',
    }),
  PORT: wholeNumber(0, 65_535, 3000, 'TCP port to listen on; `0` takes any free one.'),
  PUBLIC_URL: z.string().refine(isPlainOrigin, 'is not a plain http or https origin').optional().register(settingNotes, {
    about: 'Public URL of this server. Links and tokens contain it. Default outside production: `http://HOST:PORT`.',
    required: 'in production', cure: 'Set scheme, host and port without a path or trailing slash, such as https://gate.example.com.',
  }),
  WORKERS: z.string().regex(workersPattern, 'is neither a whole number from 1 to 256 nor auto')
    .transform((text) => (text === 'auto' ? availableParallelism() : Number(text)))
    .register(settingNotes, {
      about: 'The number of processes that share the port and form one node; `auto`: one process per core. '
        + 'The option `--workers N` of the command `start` does the same.',
      required: 'no', fallback: '1', cure: 'Set a whole number from 1 to 256, or auto.',
    }),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, 10_000, 'The maximum number of open connections of one process. It closes further ones.'),
  MAX_REQUESTS: wholeNumber(
    1, 1_000_000, 1_000,
    'The maximum number of requests that one process handles at the same time. Further ones are answered with 503, code `overloaded`.',
  ),
  STOP_DELAY: wholeNumber(
    0, 10_000, 1_000,
    'How long a stopping server still accepts connections, in ms. Load balancers need this time to see that `/readyz` answers 503.',
  ),
  MONGODB_URI: z.string().refine(
    (text) => /^mongodb(\+srv)?:\/\/[^/]/.test(text), 'is not a MongoDB connection string',
  ).register(settingNotes, {
    about: 'Connection string of the database, a replica set or sharded cluster.', required: 'always',
    cure: 'Set a connection string, such as mongodb://db.example.com:27017/gatehouse?replicaSet=rs0.',
  }),
  DATABASE_SILENCE: wholeNumber(
    500, 60_000, 1_700, 'How long the database may give no answer before requests are answered with 503, in ms.',
  ),
  MAX_STALENESS: wholeNumber(
    0, 60_000, 2_000,
    'The maximum age of sessions, users and their rights in the memory of a node, in ms. A node usually knows a change after about 10 ms. '
    + '`0` reads the database on each request.',
  ),
  REDIS_URL: z.string().refine(isRedisUrl, 'is no redis:// or rediss:// address').optional().register(settingNotes, {
    about: 'Redis server for a cache that nodes share: it stores users and their rights for five minutes. None by default. '
      + 'If it cannot be reached, nodes read the database.',
    required: 'no', cure: 'Set an address, such as rediss://user:password@redis.example.com:6380, or remove it.',
  }),
  KEY_ENCRYPTION_KEY: secretKey(
    (bytes) => bytes === 32, 'exactly 32 bytes', 'Base64 of 32 random bytes; encrypts the stored signing keys.',
  ),
  PASSWORD_PEPPER: secretKey((bytes) => bytes >= 32, 'at least 32 bytes',
    'Base64 of at least 32 random bytes, different from KEY_ENCRYPTION_KEY. It is part of every password hash: '
    + 'without it no password works.'),
  PASSWORD_PEPPER_ID: z.string().regex(
    /^[\w.-]{1,32}$/, 'is not 1 to 32 letters, digits, dots, dashes or underscores',
  ).register(settingNotes, {
    about: 'Name of the pepper, stored with each hash. Passwords that were hashed under another name do not match.', required: 'no',
    fallback: '1',
    cure: 'Set a short name, such as 1.',
  }),
  PASSWORD_COST: wholeNumber(4, 15, 10, 'bcrypt cost of passwords, at least 10 in production. Each step doubles the time of a login.'),
  ACCESS_TOKEN_SECONDS: wholeNumber(60, 86_400, 6000, 'How long an access token is valid, in seconds.'),
  CLOCK_TOLERANCE: wholeNumber(
    0, maxClockTolerance, 60,
    'The maximum difference between the clocks of nodes, and of services that verify access tokens, in seconds. '
    + 'It applies to access tokens only: sessions, assignments and links end exactly.',
  ),
  CLAIMS_NAMESPACE: z.string().refine(
    isNamespace, 'is not an http or https URL of at most 200 characters without query, fragment and trailing slash',
  ).optional().register(settingNotes, {
    about: 'Repeats the roles in access tokens as the claim `CLAIMS_NAMESPACE/roles`, for clients that read this claim. '
      + 'By default they are not repeated.',
    required: 'no', cure: 'Set a URL of your own, such as https://example.com or https://example.com/claims, or remove it.',
  }),
  SESSION_HOURS: wholeNumber(1, 720, 8, 'How long a login lasts, in hours.'),
  AUDIT_DAYS: wholeNumber(1, 3650, 400, 'How long audit records are kept, in days.'),
  APP_NAME: z.string().refine(
    isDisplayName, 'is not one line of 1 to 64 characters without invisible characters and links',
  ).register(settingNotes, {
    about: 'The name of the application in mails and pages. A tenant may have a name of its own.', required: 'no', fallback: 'Gatehouse',
    cure: 'Set the name that your users know, such as Example School.',
  }),
  RETURN_URLS: listOf(
    (entry) => isReturnUrl(entry, { httpsOnly: false }), 'https URLs in the form in which browsers write them',
  ).register(settingNotes, {
    about: 'Where people may go after the pages of mailed links, separated by commas: the first URL, or the one that a call names as '
      + '`returnTo`. Each is compared whole. A tenant may have URLs of its own. Outside production, `http://localhost` and '
      + '`http://127.0.0.1` are allowed too.',
    required: 'no', fallback: '',
    cure: 'Write whole https URLs, such as https://app.example.com/welcome, without user names, at most 500 characters each.',
  }),
  CORS_ORIGINS: listOf(isPlainOrigin, 'plain http or https origins').register(settingNotes, {
    about: 'Origins whose pages may call this server, separated by commas; none by default.', required: 'no', fallback: '',
    cure: 'Write each origin as browsers send it: https://app.example.com, without *, path, default port or trailing slash.',
  }),
  SMTP_URL: z.string().refine(isSmtpUrl, 'is no smtp:// or smtps:// address').optional().register(settingNotes, {
    about: 'Mail server, with user and password if it needs them. `smtps://` uses TLS from the start. '
      + '`smtp://` uses STARTTLS if the server offers it.',
    required: 'in production', cure: 'Set an address, such as smtps://user:password@mail.example.com.',
  }),
  MAIL_FROM: z.string().transform((text, context) => {
    const sender = parseSender(text);
    if (!sender) context.addIssue('is neither an e-mail address nor a name with one in angle brackets');
    return sender ?? z.NEVER;
  }).optional().register(settingNotes, {
    about: 'Sender of the mail. Default: `APP_NAME <no-reply@HOST>` with the host of `PUBLIC_URL`.', required: 'no',
    cure: 'Set one address, such as Gatehouse <no-reply@example.com>, without quotes, or remove it.',
  }),
  MAIL_FOLDER: z.string().optional().register(settingNotes, {
    about: 'Folder where each mail is written to a file if there is no SMTP_URL. Only outside production, '
      + 'where the command `start` sets it.',
    required: 'no', cure: 'Remove it and set SMTP_URL.',
  }),
  MAIL_TEMPLATES: z.string().refine(isFolder, 'is not a folder that can be read').optional().register(settingNotes, {
    about: 'Folder with texts of mails, such as `invitation.txt` and `invitation.de.txt`. Mails without a file have the built-in text.',
    required: 'no', cure: 'Set a folder that this process can read, or remove it.',
  }),
  TENANT_FROM: listOf(
    (entry) => (tenantSources as readonly string[]).includes(entry), tenantSources.join(', '),
  ).transform((entries) => entries as TenantSource[]).register(settingNotes, {
    about: 'The sources that may name the tenant of a login or registration. The first one that does is used. `body`: the field `tenant`. '
      + '`host`: a subdomain of `PUBLIC_URL`, or the domain of a tenant. `email`: the domain of the address. '
      + 'If none names a tenant, it is the default tenant.',
    required: 'no', fallback: tenantSources.join(','),
    cure: `Write some of ${tenantSources.join(', ')} in the order of your choice, separated by commas.`,
  }),
  TRUST_PROXY: listOf(isProxy, 'proxy addresses').register(settingNotes, {
    about: 'Proxies whose `X-Forwarded-For` is trusted: IP addresses, CIDR ranges or `loopback`, separated by commas; none by default.',
    required: 'no', fallback: '',
    cure: 'Write only the addresses of your own proxies, such as 10.0.0.7, 10.1.0.0/16, fd00::/8 or loopback.',
  }),
  OUTBOUND_NETWORKS: listOf((entry) => parseOutboundNetwork(entry) !== undefined, 'pairs of a purpose and a network')
    .transform((entries) => entries.flatMap((entry) => parseOutboundNetwork(entry) ?? []))
    .register(settingNotes, {
      about: 'Networks of your own that addresses written by tenants may lead to, as `purpose=CIDR`, separated by commas; none by default. '
        + '`sign-on`: identity providers. `forwarding`: receivers of the audit trail. Other private addresses are refused. '
        + 'Outside production, addresses in these networks may begin with `http://`.',
      required: 'no', fallback: '',
      cure: 'Write entries such as sign-on=10.20.0.0/16 or forwarding=fd00:1::/64, separated by commas, or remove it.',
    }),
  SSO_HEADER_PROXIES: listOf(isProxy, 'proxy addresses').register(settingNotes, {
    about: 'Proxies that may log users in by a header, with the secret of the identity provider: IP addresses, CIDR ranges or `loopback`, '
      + 'separated by commas; none by default. The address of the connection counts, never `X-Forwarded-For`.',
    required: 'no', fallback: '',
    cure: 'Write only the addresses of proxies that remove the header from the requests of clients, such as 10.0.0.7 or fd00::/8.',
  }),
  DNS_SERVERS: listOf(isDnsServer, 'IP addresses').register(settingNotes, {
    about: 'DNS servers that are asked for the records that prove domains, separated by commas: two servers of different operators. '
      + 'Each may have a port. By default, the first two servers of the system.',
    required: 'no', fallback: '', cure: 'Write IP addresses, such as 192.0.2.53 or [2001:db8::53]:5353, separated by commas, or remove it.',
  }),
  SUPERADMIN_EMAIL: z.email('is not an e-mail address').max(254, 'is longer than 254 characters').optional().register(settingNotes, {
    about: 'Creates the first superadmin at start, with SUPERADMIN_PASSWORD, if there is none. Without both, use the set-up link.',
    required: 'no', cure: 'Set an e-mail address together with SUPERADMIN_PASSWORD, or remove both.',
  }),
  SUPERADMIN_PASSWORD: z.string().refine(isPasswordAcceptable, 'does not have 12 to 256 characters').optional().register(settingNotes, {
    about: 'Password of that superadmin, 12 to 256 characters, not easy to guess. It never changes an existing password.',
    required: 'no', cure: 'Set a password of 12 to 256 characters together with SUPERADMIN_EMAIL, or remove both.',
  }),
  LOG_LEVEL: z.enum(logLevels, `is none of ${logLevels.join(', ')}`).register(settingNotes, {
    about: `What is logged: ${logLevels.map((level) => `\`${level}\``).join(', ')}.`, required: 'no', fallback: 'info',
    cure: `Set one of ${logLevels.join(', ')}.`,
  }),
  METRICS_PORT: wholeNumberText(0, 65_535).transform(Number).optional().register(settingNotes, {
    about: 'TCP port where `/metrics` answers everyone who can reach it; `0` takes any free one. '
      + 'The port must not be open to the public.',
    required: 'no', cure: 'Set a whole number from 0 to 65535, different from PORT, or remove it.',
  }),
  METRICS_TOKEN: z.string()
    .refine(
      (text) => /^[A-Za-z\d._~+/-]+=*$/.test(text) && text.length >= 32,
      'is shorter than 32 characters, or has characters that a bearer token cannot have',
    )
    .transform((text) => createSecretKey(text, 'utf8'))
    .optional()
    .register(settingNotes, {
      about: 'Bearer token for `/metrics` on PORT, at least 32 characters. Without it and METRICS_PORT there are no metrics.',
      required: 'no', cure: `${randomCure}, or remove it.`,
    }),
});

export type SettingName = keyof typeof settingsSchema.shape;
export type ParsedSettings = z.output<typeof settingsSchema>;

/** The name and the note of each setting, in the order of the documentation. */
export function listSettings(): { name: SettingName; note: SettingNote }[] {
  return settingsSchema.keyof().options.map((name) => {
    const note = settingNotes.get(settingsSchema.shape[name]);
    if (!note) throw new Error(`${name} has no note.`);
    return { name, note };
  });
}
