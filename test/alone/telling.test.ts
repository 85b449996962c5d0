import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import bcrypt from 'bcryptjs';
import { newId } from '../../src/mongo/new-id.ts';
import { startServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';
import { testSettings } from '../support/test-settings.ts';

// Whether an address is known, disabled or unverified must show in nothing: not in the answer, not in the time it takes.

const isCi = process.env['CI'] === 'true';
const tries = isCi ? 100 : 8;
const rounds = 10;
const tolerance = isCi ? 1.1 : 1.5;
const password = 'purple monkey dishwasher';
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mails-'));
const settings = testSettings({
  SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', PASSWORD_COST: '10', TRUST_PROXY: 'loopback', MAIL_FOLDER: folder,
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const cases = ['known', 'unknown', 'disabled', 'unverified'] as const;
type Case = typeof cases[number];
const purposes = ['login', 'forgot-password', 'resend-verification'] as const;
type Purpose = typeof purposes[number];

/** Each try has an address of its own: what a limit counts for one must not slow down the next. */
const addressOf = (kind: Case, index: number) => `${kind}-${index}@example.com`;

async function addUsers({ stores }: TestServer, round: number): Promise<void> {
  const digest = createHmac('sha256', settings.pepper.key).update(password.normalize('NFC'), 'utf8').digest('base64');
  const stored = { hash: await bcrypt.hash(digest, 10), pepperId: settings.pepper.id };
  const users = cases.filter((kind) => kind !== 'unknown').flatMap((kind) =>
    Array.from({ length: tries }, (_, index) => {
      const email = addressOf(kind, round * tries + index);
      return {
        _id: newId(), tenantId: 'default', email, emailKey: email, emailVerified: kind !== 'unverified', roles: [kind === 'unverified' ? 'guest' : 'user'],
        isActive: kind !== 'disabled', password: stored, accessVersion: 1, version: 1, createdAt: new Date(),
      };
    }));
  await stores.users.insertMany(users);
}

/** A mail is made and sent a little after its answer, which would slow down the next one's. */
async function untilMailed({ stores }: TestServer): Promise<void> {
  while (await stores.outbox.exists({ 'mail.nextAt': { $gt: new Date(0) } })) await sleep(5); // the test's own time limit ends this
}

/** The local database looks through all counters for each one that it raises, and through all orders for one to send: chance would grow with them. */
async function clearCounters({ stores }: TestServer): Promise<void> {
  await stores.rateLimits.deleteMany({});
  await stores.outbox.deleteMany({ mail: { $exists: false } });
}

interface Timed {
  readonly kind: Case;
  readonly milliseconds: number;
  /** All that the caller is told. */
  readonly said: string;
}

let source = 0;

async function time({ origin }: TestServer, purpose: Purpose, kind: Case, index: number): Promise<Timed> {
  source += 1;
  const body = JSON.stringify({ email: addressOf(kind, index), ...(purpose === 'login' && { password: 'not the one that is stored' }) });
  const began = performance.now();
  const response = await fetch(`${origin}/users/${purpose}`, {
    method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `10.${source >> 16}.${(source >> 8) & 255}.${source & 255}` },
  });
  const text = await response.text();
  const milliseconds = performance.now() - began;
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { kind, milliseconds, said: JSON.stringify([response.status, headers, text.replace(/"requestId":"[^"]*"/, '')]) };
}

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** All tries of a round in random order, so that whatever else goes on hits all cases alike. */
function turnsOf(round: number): { kind: Case; index: number }[] {
  const all = cases.flatMap((kind) => Array.from({ length: tries }, (_each, at) => ({ kind, index: round * tries + at, place: Math.random() })));
  return all.sort((one, other) => one.place - other.place);
}

/** How many times as long the slowest case takes as the fastest one, by their medians. */
function spreadOf(timed: readonly Timed[]): { spread: number; medians: string } {
  const medians = cases.map((kind) => median(timed.filter((each) => each.kind === kind).map(({ milliseconds }) => milliseconds)));
  return { spread: Math.max(...medians) / Math.min(...medians), medians: cases.map((kind, index) => `${kind} ${medians[index]?.toFixed(1) ?? ''}`).join(', ') };
}

describe('an address', () => {
  it.each(purposes)('%s, known, unknown, disabled or unverified, is answered the same and takes the same time', async (purpose) => {
    const server = await startServer({ settings });
    for (let warmUp = 0; warmUp < 5; warmUp += 1) await time(server, purpose, 'unknown', -1 - warmUp);
    const timed: Timed[] = [];
    let result = { spread: Infinity, medians: '' };
    // More tries make chance smaller, and a difference that is there no smaller.
    for (let round = 0; round < rounds && result.spread > tolerance; round += 1) {
      await addUsers(server, round);
      for (const [turn, { kind, index }] of turnsOf(round).entries()) {
        timed.push(await time(server, purpose, kind, index));
        await untilMailed(server);
        if (turn % 4 === 3) await clearCounters(server);
      }
      result = spreadOf(timed);
    }
    await server.close();
    console.log(`${purpose}: medians of ${timed.length / cases.length} interleaved tries in ms: ${result.medians}; slowest to fastest ${result.spread.toFixed(3)}`);
    expect(new Set(timed.map(({ said }) => said)).size).toBe(1);
    expect(result.spread).toBeLessThan(tolerance);
  }, 600_000);
});
