import { createHmac } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { newId } from '../../../src/platform/database/queries/new-id.ts';
import type { Settings } from '../../../src/settings/load-settings.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { eventually } from '../../support/eventually.ts';

export const cases = ['known', 'unknown', 'disabled', 'unverified'] as const;
export type Case = typeof cases[number];

/** What somebody can ask who knows an address and nothing else. */
export const purposes = ['login', 'forgot-password', 'resend-verification'] as const;
export type Purpose = typeof purposes[number];

/** Settings of a server that is asked here. */
export function tellingSettings(passwordCost: number): Settings {
  return testSettings({
    SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password',
    PASSWORD_COST: String(passwordCost), TRUST_PROXY: 'loopback',
  });
}

/** Each try has an address of its own: what a limit counts for one must not slow down the next. */
const addressOf = (kind: Case, index: number): string => `${kind}-${index}@example.com`;

/** Writes one user for each case and try. */
export async function addUsers({ stores }: TestGatehouse, { pepper, passwordCost }: Settings, tries: number): Promise<void> {
  const digest = createHmac('sha256', pepper.key).update('purple monkey dishwasher', 'utf8').digest('base64');
  const password = { hash: await bcrypt.hash(digest, passwordCost), pepperId: pepper.id };
  const users = cases.filter((kind) => kind !== 'unknown').flatMap((kind) => Array.from({ length: tries }, (_, index) => {
    const email = addressOf(kind, index);
    return {
      _id: newId(), tenantId: 'default', email, emailKey: email, emailVerified: kind !== 'unverified', isActive: kind !== 'disabled',
      roles: [kind === 'unverified' ? 'guest' : 'user'], password, accessVersion: 1, version: 1, createdAt: new Date(),
    };
  }));
  await stores.users.insertMany(users);
}

/** A mail is made and sent a little after its answer, which would slow down the next one's. */
export async function untilMailed({ stores }: TestGatehouse): Promise<void> {
  await eventually(async () => await stores.outbox.exists({ 'mail.nextAt': { $gt: new Date(0) } }) === null, { pause: 5 });
}

let sources = 0;

/** Asks about one address, from a source of its own, and answers all that the caller is told. */
export async function ask({ origin }: TestGatehouse, purpose: Purpose, kind: Case, index: number): Promise<string> {
  sources += 1;
  const body = JSON.stringify({ email: addressOf(kind, index), ...(purpose === 'login' && { password: 'not the one that is stored' }) });
  const source = `10.${sources >> 16}.${(sources >> 8) & 255}.${sources & 255}`;
  const response = await fetch(`${origin}/users/${purpose}`, {
    method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': source },
  });
  const text = await response.text();
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return JSON.stringify([response.status, headers, text.replace(/"requestId":"[^"]*"/, '')]);
}

/** The cases in random order, so that whatever else goes on hits all alike. */
export function shuffledCases(): Case[] {
  return cases.map((kind) => ({ kind, place: Math.random() })).sort((one, other) => one.place - other.place).map(({ kind }) => kind);
}
