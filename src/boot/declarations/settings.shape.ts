import { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseRange } from '../../engine/policies/condition.ip.ts';
import { isDisplayName } from '../../platform/mail/mail.address.ts';
import { outboundPurposes } from '../../platform/outbound/outbound-networks.ts';
import type { Settings } from '../../settings/load-settings.ts';
import { logLevels } from '../../settings/settings.schema.ts';
import { tenantSources } from '../../settings/tenant-sources.ts';
import { maxClockTolerance } from '../../tokens/verify-token.ts';
import { flag, listOf, strictObject, text } from './strict-object.ts';

const number = z.number('must be a number').min(0, 'must not be negative');
const key = z.custom<KeyObject>((value) => value instanceof KeyObject, 'must be a KeyObject');
const texts = listOf(text, 1_000);

/** The form of the settings from `loadSettings`. A host may also write or change settings itself, so they are checked. */
export const settingsShape = strictObject({
  production: flag,
  host: text,
  port: number,
  workers: number,
  maxConnections: number,
  maxRequests: number,
  stopDelay: number,
  publicUrl: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  mongodbUri: text,
  databaseSilence: number,
  maxStaleness: number,
  redisUrl: text.nullable(),
  keyEncryptionKey: key,
  pepper: strictObject({ id: text, key }),
  passwordCost: number,
  accessTokenSeconds: number,
  clockTolerance: number.max(maxClockTolerance, `must be at most ${maxClockTolerance} s`),
  claimsNamespace: text.nullable(),
  sessionHours: number,
  auditDays: number,
  mail: strictObject({
    smtpUrl: text.nullable(), folder: text.nullable(), from: strictObject({ name: text, address: text }), templates: text.nullable(),
  }),
  appName: text.refine(isDisplayName, 'must be one line of 1 to 64 characters without invisible characters and links'),
  returnUrls: listOf(z.url({ protocol: /^https?$/, error: 'must be https URLs' }), 100),
  corsOrigins: texts,
  tenantFrom: listOf(z.enum(tenantSources, `must be of ${tenantSources.join(', ')}`), tenantSources.length),
  trustProxy: texts,
  outboundNetworks: listOf(strictObject({
    purpose: z.enum(outboundPurposes, `must be of ${outboundPurposes.join(', ')}`),
    network: text.refine((network) => parseRange(network) !== undefined, 'must be a network in CIDR notation'),
  }), 1_000),
  headerProxies: texts,
  dnsServers: texts,
  superadmin: strictObject({ email: text, password: text }).nullable(),
  logLevel: z.enum(logLevels, `must be of ${logLevels.join(', ')}`),
  metrics: strictObject({ port: number.nullable(), token: key.nullable() }),
} satisfies Record<keyof Settings, z.ZodType>);
