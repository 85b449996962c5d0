import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestChoice } from '../../scripts/mutants/choose-tests.ts';
import { drawMutants } from '../../scripts/mutants/draw.ts';
import { equals, readEqualMutants } from '../../scripts/mutants/equal-mutants.ts';
import { readImportGraph } from '../../scripts/mutants/import-graph.ts';
import type { ImportGraph } from '../../scripts/mutants/import-graph.ts';
import { listMutants, mutantsOf } from '../../scripts/mutants/list-mutants.ts';
import { openMutantRecord } from '../../scripts/mutants/mutant-record.ts';
import { createMutantRunner } from '../../scripts/mutants/mutant-runner.ts';
import { readMutantOptions } from '../../scripts/mutants/options.ts';
import { countMutants, describeCounts } from '../../scripts/mutants/report.ts';
import { project } from '../../scripts/test-run/project.ts';

const afterOf = (text: string) => mutantsOf('src/a.ts', text).map(({ after }) => after);

describe('the mutants of a source file', () => {
  it.each([
    ['a comparison', 'f(a < b);', ['f(a <= b);', 'f(a > b);']],
    ['an equality', 'f(a === b);', ['f(a !== b);']],
    ['a condition', 'if (a) b();', ['if (!(a)) b();', 'if (a) ;']],
    ['and', 'f(a && b);', ['f((a));', 'f((b));', 'f(a || b);']],
    ['what stands in for nothing', 'f(a ?? b);', ['f((a));', 'f((b));']],
    ['a call that is awaited', 'await f();', [';']],
    ['a throw', 'throw e;', [';']],
    ['the properties of an object', 'f({ a, ...b });', ['f({ ...b });', 'f({ a });']],
    ['the elements of a list', 'f([a, b]);', ['f([b]);', 'f([a]);']],
    ['a result', 'const f = () => g(a);', ['const f = () => !(g(a));', 'const f = () => undefined;']],
    ['no result', 'const f = () => undefined;', ['const f = () => !(undefined);']],
    ['numbers', 'f(0, 1_000);', ['f(1, 1_000);', 'f(0, 1001);', 'f(0, 999);']],
    ['a truth', 'f(true);', ['f(false);']],
    ['a chain', 'f(a?.b);', ['f(a.b);']],
    ['a call of all', 'f(a.every(b), Math.min(c));', ['f(a.some(b), Math.min(c));', 'f(a.every(b), Math.max(c));']],
    ['types and imports', 'import { a } from \'b\';\ninterface C { d: 1 }', []],
  ])('%s, are each change of it', (_what, text, expected) => {
    expect(afterOf(text).filter((after) => after !== ';' || text.startsWith('await') || text.startsWith('throw')).sort())
      .toEqual([...expected].sort());
  });

  it('over several lines, are named by all of them, and hold the whole file', () => {
    const text = 'const a = 1;\nf({\n  b,\n  c: 2,\n});\n';
    const dropped = mutantsOf('src/a.ts', text).find(({ change }) => change === 'drop the statement');
    expect(dropped).toEqual(
      { file: 'src/a.ts', line: 2, change: 'drop the statement', before: 'f({ b, c: 2, });', after: ';', text: 'const a = 1;\n;\n' },
    );
  });
});

describe('the draw of mutants', () => {
  const mutants = mutantsOf('src/a.ts', 'f(1, 2, 3, 4, 5, 6);');
  it('follows from its seed', () => {
    expect(drawMutants(mutants, 1)).toEqual(drawMutants(mutants, 1));
    expect(drawMutants(mutants, 1)).not.toEqual(drawMutants(mutants, 2));
  });

  it('keeps the order of the others where one is added', () => {
    const more = [...mutants, ...mutantsOf('src/b.ts', 'g(1, 2);')];
    expect(drawMutants(more, 1).filter(({ file }) => file === 'src/a.ts')).toEqual(drawMutants(mutants, 1));
  });

  it('takes each text once', () => {
    expect(drawMutants([...mutants, ...mutants], 1)).toHaveLength(mutants.length);
  });
});

describe('the record of mutants', () => {
  it('finds the kill of a mutant, until its file or the test file changes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mutants-'));
    const [mutant, other] = mutantsOf('src/a.ts', 'f(1);');
    if (!mutant || !other) throw new Error('One call has two mutants.');
    const kill = { testFile: 'a.test.ts', test: 'adds' };
    await writeFile(join(folder, 'a.test.ts'), 'before');
    await (await openMutantRecord(folder, 'mutants.json')).add(mutant, kill);
    const record = await openMutantRecord(folder, 'mutants.json');
    expect([await record.find(mutant), await record.find(other)]).toEqual([kill, undefined]);
    expect(await record.find({ ...mutant, text: `${mutant.text} ` })).toBeUndefined();
    await writeFile(join(folder, 'a.test.ts'), 'after');
    expect(await record.find(mutant)).toBeUndefined();
    await rm(folder, { recursive: true });
  });
});

describe('the tests of a mutant', () => {
  let graph: ImportGraph;
  beforeAll(async () => { graph = await readImportGraph(project); });

  it('begin with those that import the file, and leave out what starts processes', () => {
    const choose = createTestChoice(graph, {});
    const files = choose('src/engine/grants/bit-set.ts').map(({ file }) => file);
    expect(files[0]).toBe('test/engine/grants/bit-set.test.ts');
    expect(files).toContain('test/gate/gate.test.ts');
    expect(files.filter((file) => /^test\/(process|faults|alone)\//.test(file))).toEqual([]);
  });

  it('those that connect to a database, and no others, get one', () => {
    const choose = createTestChoice(graph, {});
    expect(choose('src/engine/scope.ts')).toContainEqual({ file: 'test/host/accessible-by/accessible-by.test.ts', needsDatabase: true });
    expect(choose('src/engine/grants/bit-set.ts')[0]).toEqual({ file: 'test/engine/grants/bit-set.test.ts', needsDatabase: false });
  });

  it('stop at the first that fails; a change that nobody notices survives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mutants-'));
    const loader = process.env['TEST_LOADER'];
    if (loader === undefined) throw new Error('A test run names its loader.');
    const runner = createMutantRunner({ graph, recorded: {}, loader, folder, budget: 300 });
    try {
      const file = 'src/engine/grants/bit-set.ts';
      const text = await readFile(join(project, file), 'utf8');
      expect(await runner.run({ file, text: text.replaceAll('&', '|') }))
        .toMatchObject({ red: { testFile: 'test/engine/grants/bit-set.test.ts' }, files: 1 });
      expect(await runner.run({ file, text: `${text}\nconst endless = () => { for (;;); };\nvoid endless;` })).toMatchObject({ red: null });
      expect(runner.failing()).toEqual([]);
    } finally {
      await runner.close();
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});

describe('the list of equal mutants', () => {
  it('names mutants that there are, each once and with a reason', async () => {
    const known = readEqualMutants();
    const mutants = await listMutants(project, readMutantOptions([]).folders);
    expect(known.filter((one) => !mutants.some((mutant) => equals(one, mutant)))).toEqual([]);
    expect(known.filter((one, index) => known.findIndex((other) => equals(one, other)) !== index)).toEqual([]);
    expect(known.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});

describe('what npm run mutants is told and tells', () => {
  it('folders and options, are read; a word that is no number, is refused', () => {
    expect(readMutantOptions(['src/gate/', '--seed', '7', '--count=20']))
      .toEqual({ folders: ['src/gate'], seed: 7, count: 20, budget: 30_000 });
    expect(() => readMutantOptions(['--seed', 'many'])).toThrow('--seed is "many"');
  });

  it('the mutants of each folder, are counted by how they ended', () => {
    const [mutant] = mutantsOf('src/gate/a.ts', 'f(1);');
    if (!mutant) throw new Error('There is one.');
    const tested = [{ kind: 'killed', testFile: 't', test: 't' }, { kind: 'survived' }, { kind: 'refused' }] as const;
    const counts = countMutants(tested.map((outcome) => ({ mutant, outcome, took: 1 })), ['src/gate', 'src/engine']);
    expect(counts[0]).toEqual({ folder: 'src/gate', drawn: 3, viable: 2, killed: 1, survived: 1, equal: 0 });
    expect(describeCounts(counts)[3]).toBe('all                             3        2        1        1        0');
  });
});
