import { startTestMongo } from '../local-mongo.ts';
import { measureBoots } from './boot/measure.ts';
import type { BootTimes } from './boot/measure.ts';
import { describeMachine, parseOptions, reportProgress, toNumber } from './options.ts';
import type { BenchRun } from './options.ts';
import { align } from './table.ts';

/** What so many URLs may add to a boot, in ms. */
const budget = { urls: 10_000, added: 1_000 };

/** What `--json` prints. */
export interface BootReport {
  readonly run: Omit<BenchRun, 'seconds'>;
  /** The first is without URLs of a host. */
  readonly boots: readonly BootTimes[];
  /** Null where no boot was of so many URLs. */
  readonly budget: { readonly urls: number; readonly most: number; readonly added: number; readonly met: boolean } | null;
}

/** `npm run bench -- boot`: how long Gatehouse takes from createGatehouse to the end of init, by URLs of the host, on a new database and on a seeded one. */
export async function benchBoot(args: string[]): Promise<void> {
  const values = parseOptions(args, {
    urls: { type: 'string', default: '10,1000,10000' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  });
  const urls = values.urls.split(',').map((text) => toNumber('urls', text, { most: 10_000, isWhole: true }));
  const rounds = toNumber('rounds', values.rounds, { most: 100, isWhole: true });
  const mongo = await startTestMongo(process.env, reportProgress);
  try {
    const boots = await measureBoots(mongo.uri, [0, ...urls], rounds, (round) => reportProgress(`round ${round} of ${rounds}`));
    const report: BootReport = { run: { ...describeMachine(mongo.describe), rounds }, boots, budget: checkBudget(boots) };
    console.log(values.json ? JSON.stringify(report, null, 2) : printTable(report));
  } finally {
    await mongo.stop();
  }
}

function checkBudget(boots: readonly BootTimes[]): BootReport['budget'] {
  const empty = boots[0]?.seeded.median ?? NaN;
  const full = boots.find(({ urls }) => urls === budget.urls);
  if (!full) return null;
  const added = full.seeded.median - empty;
  return { urls: budget.urls, most: budget.added, added, met: added <= budget.added };
}

function printTable({ run, boots, budget: checked }: BootReport): string {
  const [empty] = boots;
  const rows = boots.map(({ urls, fresh, seeded }) => [
    String(urls), ...[fresh, seeded].flatMap(({ median, least, most }) => [String(median), `${least} to ${most}`]), String(seeded.median - (empty?.seeded.median ?? NaN)),
  ]);
  return [
    `From createGatehouse to the end of init, in ms; medians of ${run.rounds} round${run.rounds === 1 ? '' : 's'}, by turns.`,
    `Database: ${run.database}. ${run.cores} cores, ${run.processor}. Node ${run.node}.`,
    '',
    ...align([['URLs', 'new database', 'spread', 'seeded database', 'spread', 'over none'], ...rows], 0),
    ...(checked ? ['', `Budget: ${checked.urls} URLs add at most ${checked.most} ms to a boot on a seeded database. They add ${checked.added} ms: ${checked.met ? 'met' : 'NOT MET'}.`] : []),
  ].join('\n');
}
