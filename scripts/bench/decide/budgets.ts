import type { Budget, DecideReport } from './report.ts';
import { timesFaster } from './report.ts';

/** The budgets that this run could test, each with what was measured. */
export function checkBudgets({ urls, roles, bulk }: Omit<DecideReport, 'run' | 'budgets'>): Budget[] {
  const most = (what: string, limit: number, measured: number, unit: string): Budget => ({ what, budget: `${limit} ${unit}`, measured: `${measured} ${unit}`, met: measured <= limit });
  const largest = urls.find((size) => size.urls === 100_000)?.gatehouse;
  const ratios = urls.flatMap((size) => {
    const times = timesFaster(size);
    const least = size.policies >= 10_000 ? 1_000 : 100;
    if (times === null || size.policies < 1_000) return [];
    return [{ what: `faster than casbin with ${size.policies} policies`, budget: `(at least) ${least} times`, measured: `${Math.round(times)} times`, met: times >= least }];
  });
  const byRoles = roles.flatMap(({ roles: count, gatehouse }) => (count >= 100 && gatehouse ? [gatehouse.p50] : []));
  return [
    ...(largest ? [most('URL decision, 100,000 URLs, 1,000 rights held, p50', 2, largest.p50, 'us'), most('the same, p99', 6, largest.p99, 'us')] : []),
    ...ratios,
    ...(byRoles.length > 1 ? [most('longest against shortest p50, from 100 roles on', 2, Math.round((Math.max(...byRoles) / Math.min(...byRoles)) * 100) / 100, 'times')] : []),
    most('1,000 decisions at once', 5, bulk, 'ms'),
  ];
}
