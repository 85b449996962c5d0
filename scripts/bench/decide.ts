import { exit } from '../../src/process/exit-codes.ts';
import { decide } from '../../src/engine/decide.ts';
import { compileGrants } from '../../src/engine/grants/compiled-grants.ts';
import { createUrlRegistry } from '../../src/engine/urls/url-registry.ts';
import { checkBudgets } from './decide/budgets.ts';
import { prepareContest } from './decide/contest.ts';
import type { Contest } from './decide/contest.ts';
import { medianTime } from './decide/measure.ts';
import { bulkPolicies } from './decide/policies.ts';
import type { ModelSize } from './decide/policies.ts';
import { printReport } from './decide/report.ts';
import { median } from './load.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';

/**
 * `npm run bench -- decide`: Gatehouse's decisions, node-casbin's and CASL's on the same policies.
 *
 * All sizes and contestants take turns round by round, so that a slow spell of the machine meets them all. A peer that
 * would take minutes at a size is left out there. Progress goes to stderr, the tables or the JSON to stdout.
 */
export async function benchDecide(args: string[]): Promise<void> {
  const { json, urls, roles, ...options } = readOptions(args);
  const contests: Contest[] = [];
  for (const size of [...urls, ...roles]) contests.push(await prepareContest(size, contests, options.rounds));
  const bulk = createBulk();
  const bulkTimes: number[] = [];
  for (let round = 0; round <= options.rounds; round += 1) {
    // Round 0 warms up and is not counted.
    for (const contest of contests) contest.takeTurns(round === 0 ? Math.min(options.seconds, 0.1) : options.seconds, round > 0);
    const bulkTime = medianTime(bulk, 50);
    if (round > 0) bulkTimes.push(bulkTime);
    reportProgress(`round ${round} of ${options.rounds}`);
  }
  const sizes = contests.map((contest) => contest.result());
  const run = { ...describeMachine('none, all in memory'), ...options };
  const results = { urls: sizes.slice(0, urls.length), roles: sizes.slice(urls.length), bulk: median(bulkTimes) };
  const report = { run, ...results, budgets: checkBudgets(results) };
  console.log(json ? JSON.stringify(report, null, 2) : printReport(report));
}

function readOptions(args: string[]) {
  const values = parseOptions(args, {
    urls: { type: 'string', default: '100,1000,10000,100000' },
    roles: { type: 'string', default: '10,100,1000,10000' },
    seconds: { type: 'string', default: '0.4' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  });
  const whole = (name: string, text: string, most: number) => toNumber(name, text, { most, isWhole: true });
  const list = (name: string, text: string, most: number) => text.split(',').map((each) => whole(name, each, most));
  return {
    urls: list('urls', values.urls, 1_000_000).map(sizeOfUrls),
    roles: list('roles', values.roles, 100_000).map(sizeOfRoles),
    seconds: toNumber('seconds', values.seconds, { most: 60, isWhole: false }),
    rounds: whole('rounds', values.rounds, 100),
    json: values.json,
  };
}

/** Each URL is a right of one role. The user holds one, with at most 1,000 rights. */
function sizeOfUrls(urls: number): ModelSize {
  if (urls < 10) throw exit('usage', '--urls are not at least 10 each.');
  const rightsPerRole = Math.min(1_000, Math.floor(urls / 10));
  return { urls, rightsPerRole, roles: Math.floor(urls / rightsPerRole), heldRoles: 1 };
}

/** Ten rights a role, and a tenth of the roles held, at most 100. */
function sizeOfRoles(roles: number): ModelSize {
  return { urls: 10_000, roles, rightsPerRole: 10, heldRoles: Math.min(100, Math.ceil(roles / 10)) };
}

/** 1,000 questions about 1,000 things. */
function createBulk(): () => number {
  const grants = compileGrants(createUrlRegistry([]), { rights: [], policies: bulkPolicies, isSuperadmin: false });
  const questions = Array.from({ length: 1_000 }, (_each, index) => ({
    request: { action: index % 3 === 0 ? 'update' : 'read', resource: index % 4 === 0 ? `others-${index % 100}/${index}` : `things-${index % 20}/${index}` },
    resource: { id: String(index), ownerId: index % 2 === 0 ? 'me' : 'another', status: index % 7 === 0 ? 'locked' : 'open' },
  }));
  const base = { now: Date.now(), tenantId: 'default', subject: { id: 'me' } };
  return () => questions.filter(({ request, resource }) => decide(grants, request, { ...base, resource }).allowed).length;
}
