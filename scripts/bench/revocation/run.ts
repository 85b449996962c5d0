import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../figures.ts';
import { gatedUrl, prepareStory } from './story.ts';

/** How long after its acknowledgement a change may be unknown to other nodes, in ms. */
export const bound = 2_000;

export interface RevocationFigures {
  readonly nodes: number;
  readonly changes: number;
  /** Requests that were sent after an acknowledgement and answered before the next change was sent. */
  readonly judged: number;
  /** Answers of 503: neither allowed nor refused. */
  readonly unavailable: number;
  /** From the acknowledgement to the start of the last request that another node decided by the state before, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Requests decided by the state before at the node that had acknowledged the change. */
  readonly oldAtOwnNode: number;
  /** Requests that began later than the bound and were decided by the state before. */
  readonly oldAfterBound: number;
}

interface Phase {
  readonly token: string;
  readonly allowed: boolean;
  /** As performance.now() counts. */
  readonly acknowledgedAt: number;
  /** Of each node: how many answers in a row show the new state, and when the last request began that was decided by the old state. */
  readonly nodes: { confirmed: number; lastOldAt: number }[];
}

export interface RevocationRun {
  readonly origins: readonly string[];
  readonly changes: number;
  /** Pause between two requests of one poller, in ms. */
  readonly pause?: number;
  /** How long a node may take to show a change before the run fails, in ms. */
  readonly patience?: number;
}

/** A node knows a change after this number of answers in a row that show it. */
const answersToBelieve = 3;

/** Makes changes at the first node, one after the other, while a poller for each node sends the reader's request all the time. */
export async function measureRevocation({ origins, changes, pause = 2, patience = 30_000 }: RevocationRun): Promise<RevocationFigures> {
  const story = await prepareStory(origins[0] ?? '');
  const delays: number[] = [];
  const counts = { judged: 0, unavailable: 0, oldAtOwnNode: 0, oldAfterBound: 0 };
  let phase: Phase | undefined;
  let going = true;

  async function poll(origin: string, index: number): Promise<void> {
    while (going) {
      const asked = phase;
      const began = performance.now();
      if (asked) {
        const response = await fetch(`${origin}${gatedUrl}`, { headers: { Authorization: `Bearer ${asked.token}` } });
        await response.text();
        if (phase === asked) judge(asked, index, began, response.status);
      }
      await sleep(pause);
    }
  }

  function judge({ allowed, acknowledgedAt, nodes }: Phase, index: number, began: number, status: number): void {
    const node = nodes[index];
    if (!node) return;
    counts.judged += 1;
    if (status === 503) {
      counts.unavailable += 1;
      return;
    }
    if ((status === 200) === allowed) {
      node.confirmed += 1;
      return;
    }
    node.confirmed = 0;
    node.lastOldAt = began;
    if (index === 0) counts.oldAtOwnNode += 1;
    if (began - acknowledgedAt > bound) counts.oldAfterBound += 1;
  }

  async function settle(current: Phase): Promise<void> {
    const end = performance.now() + patience;
    while (!current.nodes.every(({ confirmed }) => confirmed >= answersToBelieve)) {
      if (performance.now() > end) throw new Error(`A change was not known everywhere after ${patience} ms.`);
      await sleep(1);
    }
    for (const { lastOldAt } of current.nodes.slice(1)) delays.push(Math.max(0, lastOldAt - current.acknowledgedAt));
  }

  let token = story.token;
  const polling = Promise.all(origins.map(poll));
  polling.catch(() => undefined); // it is awaited below, which reports the error
  try {
    for (let change = 0; change < changes; change += 1) {
      const next = story.changes[change % story.changes.length];
      if (!next) throw new Error('The story has no changes.');
      phase = undefined;
      token = await next.make(token);
      const nodes = origins.map(() => ({ confirmed: 0, lastOldAt: -Infinity }));
      const current = { token, allowed: next.allowed, acknowledgedAt: performance.now(), nodes };
      phase = current;
      await Promise.race([settle(current), polling]);
    }
  } finally {
    going = false;
    await polling;
  }
  const sorted = Float64Array.from(delays).sort();
  const figure = (share: number) => Math.round((quantile(sorted, share) || 0) * 10) / 10;
  return { nodes: origins.length, changes, ...counts, p50: figure(0.5), p99: figure(0.99), longest: figure(1) };
}
