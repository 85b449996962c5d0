import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordedTimes } from './lanes.ts';
import type { FileTime } from './run-state.ts';

/** The recorded times, which decide the order and the lane of a file. */
export const timesFile = 'test/times.json';

/** Records how long files took. Files that were not run keep their times; files that do not exist any more lose them. */
export async function recordTimes(project: string, times: readonly FileTime[]): Promise<void> {
  const path = join(project, timesFile);
  const known = existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) as RecordedTimes : {}; // only this function writes it
  const round = (seconds: number): number => Math.round(seconds * 10) / 10;
  const all = { ...known, ...Object.fromEntries(times.map(({ file, wall, own }) => [file, { wall: round(wall), own: round(own) }])) };
  const lines = Object.entries(all).filter(([file]) => existsSync(join(project, file))).sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, time]) => `  ${JSON.stringify(file)}: ${JSON.stringify(time)}`);
  await writeFile(path, `{\n${lines.join(',\n')}\n}\n`);
}
