import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { project } from '../../scripts/test-run/project.ts';
import { errorTable } from '../../src/errors/table.ts';

/** The codes of a file: the keys of each table that it exports. */
async function codesOf(file: string): Promise<string[]> {
  const exported = await import(pathToFileURL(file).href) as Readonly<Record<string, object>>; // such a file exports tables alone
  return Object.values(exported).flatMap(Object.keys);
}

describe('errorTable', () => {
  it('the codes of all *.errors.ts, each declared once, are its codes', async () => {
    const source = join(project, 'src');
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.errors.ts'));
    const declared = (await Promise.all(files.map((file) => codesOf(join(source, file))))).flat();
    expect(declared.sort()).toEqual(Object.keys(errorTable).sort());
  });
});
