import type { Budget } from '../report.ts';
import type { DecideResults, SizeResult } from './results.ts';

/** The budgets that this run could test. */
export function checkBudgets({ urls, roles, bulk }: DecideResults): Budget[] {
  const largest = urls.find((size) => size.urls === 100_000)?.gatehouse;
  const byRoles = roles.flatMap(({ roles: count, gatehouse }) => (count >= 100 && gatehouse ? [gatehouse.p50] : []));
  const range = Math.round((Math.max(...byRoles) / Math.min(...byRoles)) * 100) / 100;
  return [
    ...(largest ? [
      atMost('URL decision, 100,000 URLs, 1,000 rights held, p50', 2, largest.p50, 'us'),
      atMost('the same, p99', 6, largest.p99, 'us'),
    ] : []),
    ...urls.flatMap(againstCasbin),
    ...(byRoles.length > 1 ? [atMost('longest against shortest p50, from 100 roles on', 2, range, 'times')] : []),
    atMost('1,000 decisions at once', 5, bulk, 'ms'),
  ];
}

/** How many times as long casbin takes; null if it was left out. */
export function timesFaster({ gatehouse, casbin }: Pick<SizeResult, 'gatehouse' | 'casbin'>): number | null {
  return gatehouse && casbin ? casbin.p50 / gatehouse.p50 : null;
}

function againstCasbin(size: SizeResult): Budget[] {
  const times = timesFaster(size);
  if (times === null || size.policies < 1_000) return [];
  const least = size.policies >= 10_000 ? 1_000 : 100;
  const what = `faster than casbin with ${size.policies} policies`;
  return [{ what, budget: `at least ${least} times`, measured: `${Math.round(times)} times`, met: times >= least }];
}

function atMost(what: string, limit: number, measured: number, unit: string): Budget {
  return { what, budget: `at most ${limit} ${unit}`, measured: `${measured} ${unit}`, met: measured <= limit };
}
