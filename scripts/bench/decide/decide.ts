import { exit } from '../../../src/process/exit-codes.ts';
import { byTurns, defineBenchmark } from '../benchmark.ts';
import { median } from '../figures.ts';
import { number, whole, wholes } from '../options.ts';
import { createBulk } from './bulk.ts';
import { prepareContest } from './contest.ts';
import type { Contest } from './contest.ts';
import { measureSlice, medianTime, overRounds } from './measure.ts';
import type { ModelSize } from './policies.ts';
import { toReport } from './report.ts';
import type { SizeResult } from './results.ts';

/**
 * `npm run bench -- decide`: the decisions of Gatehouse, node-casbin and CASL on the same policies.
 *
 * A peer that would take minutes at a size is left out there.
 */
export const decideBenchmark = defineBenchmark({
  about: 'the decisions of Gatehouse, node-casbin and CASL on the same policies, and the budgets',
  usesDatabase: false,
  options: {
    urls: wholes([100, 1_000, 10_000, 100_000], 1_000_000), roles: wholes([10, 100, 1_000, 10_000], 100_000),
    seconds: number(0.4, 60), rounds: whole(5, 100),
  },
  async measure({ urls, roles, seconds, rounds }) {
    const contests: Contest[] = [];
    for (const size of [...urls.map(sizeOfUrls), ...roles.map(sizeOfRoles)]) contests.push(await prepareContest(size, contests, rounds));
    const entrants = contests.flatMap((contest) => contest.entrants.map((entrant) => ({ contest, ...entrant })));
    const measured = await byTurns(entrants, { rounds, seconds, warmUp: 0.1 }, ({ decide, contest }, turn) => (
      measureSlice(decide, contest.requests, turn.seconds)));
    const sizes = contests.map(({ size, policies, skipped }, index): SizeResult => {
      const of = (name: string) => {
        const found = measured.find((each) => each.contest === contests[index] && each.name === name);
        return found ? overRounds(found.results) : null;
      };
      return { ...size, policies, gatehouse: of('gatehouse'), casbin: of('casbin'), casl: of('casl'), skipped };
    });
    const bulk = await byTurns([{ run: createBulk() }], { rounds }, ({ run }) => medianTime(run, 50));
    const milliseconds = median(bulk.flatMap(({ results }) => results));
    return toReport({ urls: sizes.slice(0, urls.length), roles: sizes.slice(urls.length), bulk: milliseconds });
  },
});

/** Each URL is a right of one role. The user has one role, with at most 1,000 rights. */
function sizeOfUrls(urls: number): ModelSize {
  if (urls < 10) throw exit('usage', '--urls are not at least 10 each.');
  const rightsPerRole = Math.min(1_000, Math.floor(urls / 10));
  return { urls, rightsPerRole, roles: Math.floor(urls / rightsPerRole), heldRoles: 1 };
}

/** Ten rights a role. The user has a tenth of the roles, at most 100. */
function sizeOfRoles(roles: number): ModelSize {
  return { urls: 10_000, roles, rightsPerRole: 10, heldRoles: Math.min(100, Math.ceil(roles / 10)) };
}
