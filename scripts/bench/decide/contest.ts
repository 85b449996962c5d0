import { reportProgress } from '../options.ts';
import { builders, contestants } from './contestants.ts';
import type { ContestantName, Decider } from './contestants.ts';
import { measureSlice, overRounds } from './measure.ts';
import type { DecideFigures } from './measure.ts';
import { createModel, policyCount } from './policies.ts';
import type { ModelSize } from './policies.ts';
import type { SizeResult } from './report.ts';

/** The contestants at one size. */
export interface Contest {
  /** Measures each once. */
  takeTurns(seconds: number, counts: boolean): void;
  result(): SizeResult;
  /** How long a contestant took to be told the policy and to decide once, in ms; undefined for what was left out. */
  costOf(name: ContestantName): Cost | undefined;
  readonly policies: number;
}

interface Cost {
  readonly build: number;
  readonly decision: number;
}

/** A contestant that would take longer than this at one size is left out, in ms. */
const patience = 90_000;
/** Requests of which all must know whether they are allowed. */
const compared = 40;

/** Tells every contestant a policy of this size. What earlier ones took tells who would take too long; rejects if any answers wrongly. */
export async function prepareContest(size: ModelSize, earlier: readonly Contest[], rounds: number): Promise<Contest> {
  const model = createModel(size);
  const held = new Set(model.heldRoles.flatMap(({ urls }) => urls));
  const policies = policyCount(size);
  const deciders = new Map<ContestantName, Decider>();
  const costs = new Map<ContestantName, Cost>();
  const skipped: Partial<Record<ContestantName, string>> = {};
  const figures = new Map<ContestantName, DecideFigures[]>();
  for (const name of contestants) {
    const expected = expectedTime(name, policies, earlier, compared + 4 * rounds);
    if (expected > patience) {
      skipped[name] = `would take some ${Math.round(expected / 60_000)} minutes`;
      continue;
    }
    const began = performance.now();
    const decide = await builders[name](model);
    const built = performance.now();
    for (const request of model.requests.slice(0, compared)) {
      if (decide(request) !== held.has(request.url)) throw new Error(`${name} answers wrongly about ${request.path}.`);
    }
    costs.set(name, { build: built - began, decision: (performance.now() - built) / compared });
    deciders.set(name, decide);
  }
  reportProgress(`${size.urls} URLs, ${size.roles} roles, ${policies} policies: ready${Object.keys(skipped).map((name) => `, without ${name}`).join('')}`);
  return {
    policies,
    costOf: (name) => costs.get(name),
    takeTurns(spent, counts) {
      for (const [name, decide] of deciders) {
        const measured = measureSlice(decide, model.requests, spent);
        if (counts) figures.set(name, [...(figures.get(name) ?? []), measured]);
      }
    },
    result() {
      const of = (name: ContestantName) => (figures.has(name) ? overRounds(figures.get(name) ?? []) : null);
      return { ...size, policies, gatehouse: of('gatehouse'), casbin: of('casbin'), casl: of('casl'), skipped };
    },
  };
}

/** In ms, for so many decisions: a peer that looks at every line takes as many times as long as there are more of them. */
function expectedTime(name: ContestantName, policies: number, earlier: readonly Contest[], decisions: number): number {
  const last = earlier.findLast((contest) => contest.costOf(name));
  const cost = last?.costOf(name);
  return last && cost ? (policies / last.policies) * (cost.build + cost.decision * decisions) : 0;
}
