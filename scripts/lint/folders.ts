import { dirname } from 'node:path';
import { groupBy } from './group-by.ts';

/** Most files that a folder holds, its subfolders aside. */
const most = 14;

/** Finds folders with more than 14 files; one line each. */
export function findCrowdedFolders(paths: readonly string[]): string[] {
  return [...groupBy(paths, (path) => dirname(path))].filter(([, files]) => files.length > most)
    .map(([folder, files]) => `${folder} holds ${files.length} files, ${most} at most: divide it by what its files are about.`);
}
