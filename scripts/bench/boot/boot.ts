import { byTurns, defineBenchmark } from '../benchmark.ts';
import { median } from '../figures.ts';
import { whole, wholes } from '../options.ts';
import { createTable } from '../report.ts';
import type { Budget } from '../report.ts';
import { createBoot } from './boot-once.ts';

/** How much this number of URLs may add to a boot, in ms. */
const budget = { urls: 10_000, most: 1_000 };

/** Times of some boots in ms, from createGatehouse to the end of init. */
export interface BootTime {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The boots with this number of URLs of a host. */
export interface BootRow {
  readonly urls: number;
  /** On an empty database. */
  readonly fresh: BootTime;
  /** On a database on which the same Gatehouse was booted before. */
  readonly seeded: BootTime;
  /** What the URLs add to a boot on a seeded database, in ms. */
  readonly added: number;
}

/** `npm run bench -- boot`: how long Gatehouse takes to boot, by the number of URLs, on a new database and on a seeded one. */
export const bootBenchmark = defineBenchmark({
  about: 'how long a boot takes with few and many URLs, on a new database and on a seeded one, and the budget',
  options: { urls: wholes([10, 1_000, 10_000], 10_000), rounds: whole(5, 100) },
  async measure({ urls, rounds }, mongodbUri) {
    const sizes = [0, ...urls].map((size) => ({ urls: size, boot: createBoot(mongodbUri, size) }));
    const measured = await byTurns(sizes, { rounds }, async ({ boot }) => (
      { fresh: await boot({ dropsDatabase: false }), seeded: await boot({ dropsDatabase: true }) }));
    const times = measured.map(({ urls: size, results }) => (
      { urls: size, fresh: sumUp(results.map(({ fresh }) => fresh)), seeded: sumUp(results.map(({ seeded }) => seeded)) }));
    const rows = times.map((each): BootRow => ({ ...each, added: each.seeded.median - (times[0]?.seeded.median ?? NaN) }));
    return {
      title: ['From createGatehouse to the end of init, in ms.'],
      tables: [createTable('boots', rows, [
        ['URLs', (row) => row.urls],
        ['new database', ({ fresh }) => fresh.median], ['spread', ({ fresh }) => `${fresh.least} to ${fresh.most}`],
        ['seeded database', ({ seeded }) => seeded.median], ['spread', ({ seeded }) => `${seeded.least} to ${seeded.most}`],
        ['over none', ({ added }) => added],
      ], 0)],
      budgets: rows.filter((row) => row.urls === budget.urls).map(toBudget),
    };
  },
});

function sumUp(times: readonly number[]): BootTime {
  return { median: Math.round(median(times)), least: Math.round(Math.min(...times)), most: Math.round(Math.max(...times)) };
}

function toBudget({ urls, added }: BootRow): Budget {
  const what = `what ${urls} URLs add to a boot on a seeded database`;
  return { what, budget: `at most ${budget.most} ms`, measured: `${added} ms`, met: added <= budget.most };
}
