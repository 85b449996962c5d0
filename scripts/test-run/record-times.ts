import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedTimes } from './lanes.ts';
import type { FileTime } from './run-state.ts';

/** Where times are kept, from which the order and the lane of a file follow. */
export const timesFile = 'test/times.json';

/** Writes down what files took; files that were not run keep their times, those that are gone lose them. */
export async function recordTimes(project: string, times: readonly FileTime[]): Promise<void> {
  const path = join(project, timesFile);
  const known = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) as RecordedTimes : {}; // written here alone
  const round = (seconds: number): number => Math.round(seconds * 10) / 10;
  const all = { ...known, ...Object.fromEntries(times.map(({ file, wall, own }) => [file, { wall: round(wall), own: round(own) }])) };
  const lines = Object.entries(all).filter(([file]) => existsSync(join(project, file))).sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, time]) => `  ${JSON.stringify(file)}: ${JSON.stringify(time)}`);
  await writeFile(path, `{\n${lines.join(',\n')}\n}\n`);
}
