import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutation.types.ts';

/** A test that found a mutant. */
export interface Kill {
  readonly testFile: string;
  readonly test: string;
}

/** The kills of earlier runs. A run of many mutants can be stopped, and goes on with the next one. */
export interface MutantRecord {
  /** The kill of this mutant; undefined if it was not tested, or if the test file has changed since. */
  find(mutant: Mutant): Promise<Kill | undefined>;
  add(mutant: Mutant, kill: Kill): Promise<void>;
}

interface StoredKill extends Kill {
  /** The digest of the test file. */
  readonly digest: string;
}

/** The digest of the whole changed file. A mutant in a file that changed since is another mutant. */
export function digestOfMutant({ file, text }: Mutant, seed = 0): string {
  return digest(`${seed}\n${file}\n${text}`);
}

/** Opens the record in a file of the project, such as `test/mutants.json`. */
export async function openMutantRecord(project: string, path: string): Promise<MutantRecord> {
  const recordFile = join(project, path);
  const text = existsSync(recordFile) ? await readFile(recordFile, 'utf8') : '{}';
  const kills = new Map(Object.entries(JSON.parse(text) as Record<string, StoredKill>)); // written by `add` alone
  const digestOfTest = async (testFile: string) => digest(await readFile(join(project, testFile), 'utf8').catch(() => ''));
  return {
    async find(mutant) {
      const { digest: then, ...kill } = kills.get(digestOfMutant(mutant)) ?? { digest: '', testFile: '', test: '' };
      return then !== '' && then === await digestOfTest(kill.testFile) ? kill : undefined;
    },
    async add(mutant, { testFile, test }) {
      kills.set(digestOfMutant(mutant), { testFile, test, digest: await digestOfTest(testFile) });
      const rows = [...kills].sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([id, kill]) => `${JSON.stringify(id)}: ${JSON.stringify(kill)}`);
      await writeFile(recordFile, `{\n${rows.join(',\n')}\n}\n`);
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
