import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { gatedUrl, prepareStory } from '../../scripts/bench/revocation/story.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { proof } from '../support/proof.ts';
import { watchStalls } from '../support/stalls.ts';

// Two nodes in processes of their own; the way of the second to the database becomes slow, then good, then is gone, then good again.

/** All in ms. A trouble lasts through one change in the short form, and through several in the others. */
const trouble = proof({ short: 3_000, ci: 6_000, full: 10_000 });
const betweenChanges = proof({ short: 2_500, ci: 2_500, full: 3_500 });
const latency = 2_000;
/** How long an answer, what is known, and the way back may take. */
const bounds = { answer: 2_500, staleness: 2_000, recovery: 5_000 };
/** Between two requests of one kind. Each uncached session is logged in at the first node and asked for once. */
const pauses = { cached: 50, uncached: 200, none: 100 };
type Kind = keyof typeof pauses;

const stalls = watchStalls();

interface Answer {
  readonly kind: Kind;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly code: string | undefined;
  /** By performance.now(). */
  readonly began: number;
  readonly ended: number;
}

/** What the gate must say, from when it may until when it must be known no longer; a change under way is both. */
interface State {
  readonly status: 200 | 403;
  readonly from: number;
  until: number;
}

async function ask(origin: string, kind: Kind, token?: string): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(`${origin}${gatedUrl}`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } });
  const { code } = await response.json() as { code?: string }; // {}, or a problem
  return { kind, status: response.status, retryAfter: response.headers.get('retry-after'), code, began, ended: performance.now() };
}

/** Sends requests of one kind, whether the ones before were answered or not, until told to stop. */
async function sendAll(origin: string, kind: Kind, tokenFor: () => Promise<string | undefined>, isOver: () => boolean): Promise<Answer[]> {
  const asked: Promise<Answer>[] = [];
  while (!isOver()) {
    asked.push(ask(origin, kind, await tokenFor()));
    await sleep(pauses[kind]);
  }
  return Promise.all(asked);
}

/** The states that may have decided an answer. */
function statesOf({ began, ended }: Answer, states: readonly State[]): State[] {
  return states.filter(({ from, until }) => from <= ended && until >= began - bounds.staleness);
}

function isRight(answer: Answer, states: readonly State[]): boolean {
  if (answer.kind === 'none') return answer.status === 401;
  if (answer.status === 503) return answer.code === 'database-unreachable' && answer.retryAfter === '2';
  return statesOf(answer, states).some(({ status }) => status === answer.status);
}

/**
 * How long each answer took, in ms, without the time in which the machine had none for the node: a request without a token asks nothing
 * of the database, and what the slowest of them took meanwhile, others lost as well.
 */
function durationsOf(answers: readonly Answer[]): number[] {
  const idle = answers.filter(({ kind }) => kind === 'none');
  return answers.map(({ kind, began, ended }) => {
    const lost = kind === 'none' ? [] : idle.filter((other) => other.began < ended && other.ended > began).map(
      (other) => other.ended - other.began,
    );
    return ended - began - Math.max(stalls.between(began, ended), ...lost);
  });
}

interface Trouble {
  readonly what: string;
  /** By performance.now(). */
  readonly began: number;
  readonly ended: number;
}

/** The time from the repair of the connection until all requests were served again, in ms. */
function recoveryAfter({ ended }: Trouble, answers: readonly Answer[]): number {
  let recovered = ended;
  for (const { began } of answers.filter((answer) => answer.status === 503 && answer.began >= ended).sort((a, b) => a.began - b.began)) {
    if (began - recovered > 1_000) break;
    recovered = began;
  }
  return recovered - ended;
}

/** For people: how many answers of which status. */
function countStatuses(answers: readonly Answer[]): string {
  const counts = new Map<string, number>();
  for (const { kind, status } of answers) counts.set(`${kind} ${status}`, (counts.get(`${kind} ${status}`) ?? 0) + 1);
  return [...counts].sort().map(([what, count]) => `${what}: ${count}`).join(', ');
}

describe('a node whose database is slow, and later unreachable', () => {
  it('answers by the state of 2 s ago at the oldest or 503, each within 2.5 s, and serves again within 5 s', async () => {
    const { uri, drop } = await createDatabase('fast', { name: 'slow' });
    const proxy = await startDatabaseProxy(uri);
    const nodes = await startNodes([uri, proxy.uri], { DATABASE_SILENCE: undefined });
    const [first = '', second = ''] = nodes.map(({ ready }) => ready.origin);
    let isOver = false;
    try {
      const { token, changes, logIn } = await prepareStory(first);
      const edits = changes.filter(({ what }) => what === 'role').slice(0, 2);
      const states: State[] = [{ status: 200, from: -Infinity, until: Infinity }];
      const change = async () => {
        for (let next = 0; !isOver; next += 1) {
          await sleep(betweenChanges);
          const edit = edits[next % edits.length];
          const sentAt = performance.now();
          await edit?.make(token);
          const before = states.at(-1);
          if (before) before.until = performance.now();
          states.push({ status: edit?.allowed === true ? 200 : 403, from: sentAt, until: Infinity });
        }
        return [];
      };
      const asked = Promise.all([
        change(), sendAll(second, 'cached', () => Promise.resolve(token), () => isOver), sendAll(second, 'uncached', logIn, () => isOver),
        sendAll(second, 'none', () => Promise.resolve(undefined), () => isOver),
      ]);
      asked.catch(() => undefined); // told below, where it is waited for

      await sleep(2_000);
      const troubles: Trouble[] = [];
      const ways = [
        { what: 'slow', begin: () => proxy.setLatency(latency), end: () => proxy.setLatency(0) },
        { what: 'unreachable', begin: proxy.close, end: proxy.open },
      ];
      for (const { what, begin, end } of ways) {
        const began = performance.now();
        begin();
        await sleep(trouble);
        end();
        troubles.push({ what, began, ended: performance.now() });
        await sleep(bounds.recovery + 1_000);
      }
      isOver = true;
      const answers = (await asked).flat();

      const slowest = Math.max(...durationsOf(answers));
      const judged = answers.filter(
        (answer) => [200, 403].includes(answer.status) && new Set(statesOf(answer, states).map(({ status }) => status)).size === 1,
      );
      const recoveries = troubles.map((each) => recoveryAfter(each, answers));
      console.log([
        `${states.length - 1} changes, ${answers.length} answers, ${judged.length} of them decided when only one state was `
          + `left to decide by`,
        `before and between: ${countStatuses(
          answers.filter(({ began }) => troubles.every((each) => began < each.began || began >= each.ended)),
        )}`,
        ...troubles.map((each, index) => {
          const during = answers.filter(({ began }) => began >= each.began && began < each.ended);
          return `${each.what} for ${trouble / 1_000} s: ${countStatuses(
            during,
          )}, served again after ${recoveries[index]?.toFixed(0) ?? ''} ms`;
        }),
        `slowest answer ${slowest.toFixed(0)} ms`,
      ].join('; '));
      expect(answers.filter((answer) => !isRight(answer, states))).toEqual([]);
      expect(slowest).toBeLessThanOrEqual(bounds.answer);
      for (const { began, ended } of troubles) expect(
        answers.some((answer) => answer.status === 503 && answer.began > began && answer.began < ended),
      ).toBe(true);
      for (const status of [200, 403]) expect(judged.some((answer) => answer.status === status)).toBe(true);
      for (const recovery of recoveries) expect(recovery).toBeLessThan(bounds.recovery);
    } finally {
      isOver = true;
      await stopNodes(nodes);
      await proxy.end();
      await drop();
    }
  }, 180_000);
});
