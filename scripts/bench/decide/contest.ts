import { reportProgress } from '../benchmark.ts';
import { builders, contestants } from './contestants.ts';
import type { ContestantName, Decider } from './contestants.ts';
import { createModel, policyCount } from './policies.ts';
import type { BenchRequest, ModelSize } from './policies.ts';

/** The contestants at one size. */
export interface Contest {
  readonly size: ModelSize;
  readonly policies: number;
  readonly requests: readonly BenchRequest[];
  readonly entrants: readonly Entrant[];
  /** Why a contestant was left out. */
  readonly skipped: Partial<Record<ContestantName, string>>;
}

interface Entrant {
  readonly name: ContestantName;
  readonly decide: Decider;
  /** How long it took to read the policy and to decide once, in ms. */
  readonly cost: { readonly build: number; readonly decision: number };
}

/** A contestant that would take longer than this at one size is left out, in ms. */
const patience = 90_000;
/** Requests that every contestant must decide correctly before it is measured. */
const compared = 40;

/**
 * Gives every contestant a policy of this size. The costs of earlier contests tell which of them would take too long.
 *
 * Rejects if one answers wrongly.
 */
export async function prepareContest(size: ModelSize, earlier: readonly Contest[], rounds: number): Promise<Contest> {
  const model = createModel(size);
  const held = new Set(model.heldRoles.flatMap(({ urls }) => urls));
  const policies = policyCount(size);
  const entrants: Entrant[] = [];
  const skipped: Partial<Record<ContestantName, string>> = {};
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
    entrants.push({ name, decide, cost: { build: built - began, decision: (performance.now() - built) / compared } });
  }
  const without = Object.keys(skipped).map((name) => `, without ${name}`).join('');
  reportProgress(`${size.urls} URLs, ${size.roles} roles, ${policies} policies: ready${without}`);
  return { size, policies, requests: model.requests, entrants, skipped };
}

/** How long some decisions will take, in ms: the time of a peer that reads every line grows with the number of policies. */
function expectedTime(name: ContestantName, policies: number, earlier: readonly Contest[], decisions: number): number {
  const known = earlier.flatMap((contest) => contest.entrants.map((entrant) => ({ ...entrant, policies: contest.policies })));
  const last = known.findLast((entrant) => entrant.name === name);
  return last ? (policies / last.policies) * (last.cost.build + last.cost.decision * decisions) : 0;
}
