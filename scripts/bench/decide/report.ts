import { createTable } from '../report.ts';
import type { Budget, Column, Report, Table } from '../report.ts';
import { checkBudgets, timesFaster } from './budgets.ts';
import { contestants } from './contestants.ts';
import type { ContestantName } from './contestants.ts';
import type { DecideFigures } from './measure.ts';
import type { DecideResults, SizeResult } from './results.ts';

const names: Record<ContestantName, string> = { gatehouse: 'Gatehouse', casbin: 'casbin', casl: 'CASL' };

/** Compares the results with the budgets. */
export function toReport(results: DecideResults): Report & { readonly budgets: readonly Budget[] } {
  const { urls, roles, bulk } = results;
  return {
    title: [
      'Decisions: one user, GET, half of the requests allowed, random order; microseconds.',
      'Gatehouse finds the registered URL and decides; casbin compares with keyMatch2; CASL matches no URLs and gets the registered one.',
    ],
    tables: [
      tableOf('urls', urls, ['URLs', (size) => size.urls]),
      tableOf('roles', roles, ['roles', (size) => size.roles]),
    ],
    figures: { bulk },
    budgets: checkBudgets(results),
    notes: [
      ...[...urls, ...roles].flatMap(({ policies, skipped }) => (
        Object.entries(skipped).map(([name, why]) => `-: ${name} with ${policies} policies: ${why}`))),
      `1,000 decisions at once, on 100 policies with conditions: ${bulk} ms.`,
    ],
  };
}

function tableOf(name: 'urls' | 'roles', sizes: readonly SizeResult[], first: Column<SizeResult>): Table {
  const cell = (contestant: ContestantName, show: (figures: DecideFigures) => string | number) => (size: SizeResult) => {
    const figures = size[contestant];
    return figures ? show(figures) : '-';
  };
  return createTable<SizeResult>(name, sizes, [
    first, ['policies', ({ policies }) => policies], ['held', ({ heldRoles, rightsPerRole }) => heldRoles * rightsPerRole],
    ...contestants.flatMap((each): Column<SizeResult>[] => [
      [`${names[each]} p50`, cell(each, ({ p50 }) => p50.toFixed(2))],
      ['p99', cell(each, ({ p99 }) => p99.toFixed(2))],
      ['per s', cell(each, ({ perSecond }) => perSecond)],
    ]),
    ['casbin : ours', (size) => timesFaster(size)?.toFixed(0) ?? '-'],
  ], 0);
}
