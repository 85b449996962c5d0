import { findExportFaults } from '../../../scripts/lint/exports.ts';
import { findCrowdedFolders } from '../../../scripts/lint/folders.ts';

const file = (path: string, text: string) => ({ path, text });

describe('findExportFaults', () => {
  it('a name of two files, names both', () => {
    const files = [file('a.ts', 'export interface Thing {}'), file('b.ts', 'export type Thing = 1;'), file('c.ts', 'Thing')];
    expect(findExportFaults(files, files)).toEqual(['Thing is exported by a.ts and b.ts: give one of them another name.']);
  });
  it.each([
    ['const one = 1;', 'one'], ['function two() {}', 'two'], ['async function* three() {}', 'three'],
  ])('a value that no other file uses, %s, is named', (text, name) => {
    const files = [file('a.ts', `export ${text} ${name};`), file('b.ts', 'something else')];
    expect(findExportFaults(files, files)).toEqual([`${name} is exported by a.ts, and no other file uses it.`]);
  });
  it('a value that a test uses, a type of a signature, and what is not exported, are no faults', () => {
    const checked = [file('a.ts', 'export const one = 1; export interface OneDeps {} const two = 2;'), file('b.ts', 'const two = 3;')];
    expect(findExportFaults(checked, [...checked, file('a.test.ts', 'one')])).toEqual([]);
  });
});

describe('findCrowdedFolders', () => {
  const files = (count: number) => Array.from({ length: count }, (_, index) => `src/full/${index}.ts`);

  it('a folder of 15 files, is named', () => {
    expect(findCrowdedFolders(files(15))).toEqual(['src/full holds 15 files, 14 at most: divide it by what its files are about.']);
  });
  it('a folder of 14 files, and files of its subfolders, are no faults', () => {
    expect(findCrowdedFolders([...files(14), 'src/full/more/a.ts'])).toEqual([]);
  });
});
