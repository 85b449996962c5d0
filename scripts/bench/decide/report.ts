import type { BenchRun } from '../options.ts';
import { align } from '../table.ts';
import { contestants } from './contestants.ts';
import type { ContestantName } from './contestants.ts';
import type { DecideFigures } from './measure.ts';
import type { ModelSize } from './policies.ts';

/** One size, and what each contestant came to at it; null: it was left out. */
export interface SizeResult extends ModelSize, Record<ContestantName, DecideFigures | null> {
  /** Lines of policy: rights that some role holds. */
  readonly policies: number;
  /** Why a contestant was left out. */
  readonly skipped: Partial<Record<ContestantName, string>>;
}

/** A promise and what became of it. */
export interface Budget {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What `--json` prints. */
export interface DecideReport {
  readonly run: BenchRun;
  /** By registered URLs. */
  readonly urls: readonly SizeResult[];
  /** By roles. */
  readonly roles: readonly SizeResult[];
  /** 1,000 decisions about permissions under conditions, in ms. */
  readonly bulk: number;
  readonly budgets: readonly Budget[];
}

const names: Record<ContestantName, string> = { gatehouse: 'Gatehouse', casbin: 'casbin', casl: 'CASL' };

/** The report as tables for a terminal. */
export function printReport({ run, urls, roles, bulk, budgets }: DecideReport): string {
  const rounds = `${run.rounds} round${run.rounds === 1 ? '' : 's'} of ${run.seconds} s`;
  const skipped = [...urls, ...roles].flatMap(({ policies, skipped: left }) => Object.entries(left).map(([name, why]) => `-: ${name} with ${policies} policies: ${why}`));
  return [
    `Decisions: one user, GET, half of the requests allowed, random order; microseconds; medians of ${rounds}, by turns.`,
    `${run.cores} cores, ${run.processor}. Node ${run.node}. Database: ${run.database}.`,
    'Gatehouse finds the registered URL and decides; casbin compares with keyMatch2; CASL matches no URLs and is told the registered one.',
    '',
    ...table('URLs', urls, (size) => size.urls),
    '',
    ...table('roles', roles, (size) => size.roles),
    ...skipped,
    '',
    `1,000 decisions at once, on 100 policies with conditions: ${bulk} ms.`,
    '',
    ...align([['budget', 'at most', 'measured', ''], ...budgets.map(({ what, budget, measured, met }) => [what, budget, measured, met ? 'met' : 'NOT MET'])], 1),
  ].join('\n');
}

function table(what: string, sizes: readonly SizeResult[], count: (size: SizeResult) => number): string[] {
  const head = [what, 'policies', 'held', ...contestants.flatMap((name) => [`${names[name]} p50`, 'p99', 'per s']), 'casbin : ours'];
  const rows = sizes.map((size) => {
    const cells = contestants.flatMap((name) => {
      const figures = size[name];
      return figures ? [figures.p50.toFixed(2), figures.p99.toFixed(2), String(figures.perSecond)] : ['-', '-', '-'];
    });
    const times = timesFaster(size);
    return [String(count(size)), String(size.policies), String(size.heldRoles * size.rightsPerRole), ...cells, times === null ? '-' : String(Math.round(times))];
  });
  return align([head, ...rows], 0);
}

/** How many times as long casbin takes; null if it was left out. */
export function timesFaster({ gatehouse, casbin }: Pick<SizeResult, 'gatehouse' | 'casbin'>): number | null {
  return gatehouse && casbin ? casbin.p50 / gatehouse.p50 : null;
}
