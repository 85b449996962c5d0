import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { form } from '../support/proof.ts';
import { readCounts, readRemark, readRows } from './read-table.ts';
import { readTestNames } from './read-titles.ts';

/** How many requirements each section of ASVS 5.0.0 has; they are numbered from 1 without a hole. */
const sections: Readonly<Record<string, number>> = {
  'V6.1': 3, 'V6.2': 12, 'V6.3': 8, 'V6.4': 6, 'V6.5': 8, 'V6.6': 4, 'V6.7': 2, 'V6.8': 4,
  'V7.1': 3, 'V7.2': 4, 'V7.3': 2, 'V7.4': 5, 'V7.5': 3, 'V7.6': 2,
  'V9.1': 3, 'V9.2': 4,
  'V10.1': 2, 'V10.2': 3, 'V10.3': 5, 'V10.4': 16, 'V10.5': 5, 'V10.6': 2, 'V10.7': 3,
};

interface Requirement {
  readonly chapter_id: string;
  readonly req_id: string;
  readonly req_description: string;
  readonly L: string;
}

const chapterIds = ['V6', 'V7', 'V9', 'V10'];
const root = join(import.meta.dirname, '../..');
const statuses = ['tested', 'not applicable', 'gap'];
const rows = readRows();
const wordsOf = (sentence: string) => sentence.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

describe('ASVS table', () => {
  it('numbers, as written, are all of chapters V6, V7, V9 and V10, each once and in order', () => {
    expect(rows.map(({ id }) => id))
      .toEqual(Object.entries(sections).flatMap(([section, count]) => Array.from({ length: count }, (_, at) => `${section}.${at + 1}`)));
  });

  it('rows, as written, have a level, a short summary and a status', () => {
    for (const { id, level, summary, status } of rows) {
      expect([id, level]).toEqual([id, expect.stringMatching(/^[123]$/)]);
      expect([id, wordsOf(summary).length > 3 && summary.length < 150]).toEqual([id, true]);
      expect([id, statuses]).toEqual([id, expect.arrayContaining([status])]);
    }
  });

  it('counts at the top, are those of the rows', () => {
    const countOf = (among: typeof rows) => [
      among.length, ...statuses.map((status) => among.filter((row) => row.status === status).length),
    ];
    const chapters = chapterIds.map((chapter) => [chapter, countOf(rows.filter(({ id }) => id.startsWith(`${chapter}.`)))]);
    expect(readCounts()).toEqual(Object.fromEntries([...chapters, ['All', countOf(rows)]]));
  });

  it('tested requirements, name tests and nothing that is still to be done', () => {
    const read = rows.filter(({ status }) => status === 'tested').map(({ id, remark }) => ({ id, ...readRemark(remark) }));
    expect(read.filter(({ rest }) => rest !== '').map(({ id, rest }) => `${id} ${rest}`)).toEqual([]);
    expect(read.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('named tests, exist under that very name in that very file', () => {
    const named = rows.flatMap(({ remark }) => readRemark(remark).tests);
    expect(named.length).toBeGreaterThan(20);
    const known = new Map([...new Set(named.map(({ file }) => file))].map((file) => (
      [file, existsSync(join(root, file)) ? readTestNames(join(root, file)) : []])));
    expect(named.filter(({ file, name }) => !known.get(file)?.includes(name))).toEqual([]);
  });

  it('gaps and what does not apply, say why in a sentence', () => {
    for (const { id, remark } of rows.filter(({ status }) => status !== 'tested')) {
      expect([id, remark]).toEqual([id, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect([id, wordsOf(remark).length >= 6]).toEqual([id, true]);
      expect([id, remark]).not.toEqual([id, expect.stringContaining('TODO')]);
    }
  });
});

describe('ASVS table and the standard', () => {
  const vectors = process.env['GATEHOUSE_VECTORS'] ?? join(import.meta.dirname, '../../../shared/corpora');
  const file = join(vectors, 'asvs/asvs-5.0.0.flat.json');
  if (!existsSync(file) && form === 'short') {
    it.skip('skipped: no standard; name its folder in GATEHOUSE_VECTORS', () => undefined);
    return;
  }
  // The form of the file is the corpus's own.
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { requirements: readonly Requirement[] }).requirements : [];
  const wanted = all.filter(({ chapter_id }) => chapterIds.includes(chapter_id));

  it('numbers and levels, compared, are those of the standard', () => {
    expect(rows.map(({ id, level }) => `${id} ${level}`)).toEqual(wanted.map(({ req_id, L }) => `${req_id} ${L}`));
  });

  it('summaries and reasons, compared, hold no seven words in a row of the standard', () => {
    const runsOf = (sentence: string) => wordsOf(sentence).map(
      (_, at, words) => words.slice(at, at + 7),
    ).filter(({ length }) => length === 7).map((run) => run.join(' '));
    const known = new Set(wanted.flatMap(({ req_description }) => runsOf(req_description)));
    expect(rows.flatMap(({ summary, remark }) => [...runsOf(summary), ...runsOf(remark)]).filter((run) => known.has(run))).toEqual([]);
  });
});

describe('names of tests in a file', () => {
  it('this file, read, has this very test, and none that is skipped', () => {
    const names = readTestNames(join(import.meta.dirname, 'asvs.test.ts'));
    expect(names).toContain('names of tests in a file > this file, read, has this very test, and none that is skipped');
    expect(names.filter((name) => name.includes('skipped: no standard'))).toEqual([]);
  });

  it('tables of cases and templates, read, have the title as written', () => {
    expect(readTestNames(join(root, 'test/platform/passwords/password.rule.test.ts')))
      .toContain('password rule > password of %s, is judged');
    expect(readTestNames(join(root, 'test/http/census/boot.test.ts')))
      .toContain('the boot > ${name}, stops it, is named, and leaves the gate shut');
  });
});
