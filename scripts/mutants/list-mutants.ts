import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { listEdits } from './list-edits.ts';
import type { Mutant } from './mutation.types.ts';

/** Lists every mutant of the source files under these folders of a project, by file and place. */
export async function listMutants(project: string, folders: readonly string[]): Promise<Mutant[]> {
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(join(project, folder), { recursive: true })).map((file) => `${folder}/${file}`)),
  );
  const files = found.flat().filter((file) => file.endsWith('.ts')).sort();
  const mutants = await Promise.all(files.map(async (file) => mutantsOf(file, await readFile(join(project, file), 'utf8'))));
  return mutants.flat();
}

/** Lists the mutants of one file with this text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const changing = listEdits(source).filter(({ start, end, replacement }) => text.slice(start, end) !== replacement);
  return changing.map(({ start, end, replacement, change }) => {
    const from = text.lastIndexOf('\n', start - 1) + 1;
    const to = text.indexOf('\n', end) === -1 ? text.length : text.indexOf('\n', end);
    return {
      file, change,
      line: source.getLineAndCharacterOfPosition(start).line + 1,
      before: trimLines(text.slice(from, to)),
      after: trimLines(text.slice(from, start) + replacement + text.slice(end, to)),
      text: text.slice(0, start) + replacement + text.slice(end),
    };
  });
}

function trimLines(lines: string): string {
  return lines.split('\n').map((line) => line.trim()).filter((line) => line !== '').join(' ');
}
