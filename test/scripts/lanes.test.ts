import { chooseFiles } from '../../scripts/test-run/choose-files.ts';
import { formOf } from '../../scripts/test-run/form.ts';
import { planLanes, shuffled } from '../../scripts/test-run/lanes.ts';
import { readTestOptions } from '../../scripts/test-run/options.ts';

const times = {
  computes: { wall: 20, own: 15 }, 'computes little': { wall: 3, own: 2 }, waits: { wall: 40, own: 1 },
  'waits little': { wall: 5, own: 0.2 }, 'is soon done': { wall: 1, own: 0 },
};

describe('planLanes', () => {
  it('files that compute and files that wait, two lanes, each with the longest first and new files before them', () => {
    expect(planLanes({ files: ['is new', ...Object.keys(times)], times, workers: { compute: 3, wait: 2 } })).toEqual([
      { workers: 3, files: ['is new', 'computes', 'computes little', 'is soon done'] },
      { workers: 2, files: ['waits', 'waits little'] },
    ]);
  });

  it('one worker, one lane', () => {
    expect(planLanes({ files: Object.keys(times), times, workers: { compute: 1, wait: 2 } }))
      .toEqual([{ workers: 1, files: ['waits', 'computes', 'waits little', 'computes little', 'is soon done'] }]);
  });

  it('an order of its own, that order in both lanes', () => {
    const reversed = (files: readonly string[]) => [...files].sort().reverse();
    const lanes = planLanes({ files: Object.keys(times), times, workers: { compute: 2, wait: 1 }, order: reversed });
    expect(lanes.map(({ files }) => files))
      .toEqual([['is soon done', 'computes little', 'computes'], ['waits little', 'waits']]);
  });
});

describe('shuffled', () => {
  const files = Array.from({ length: 50 }, (_, index) => `file ${index}`);
  it('the same number, the same order of all files; another number, another order', () => {
    expect(shuffled([...files].reverse(), 7)).toEqual(shuffled(files, 7));
    expect([...shuffled(files, 7)].sort()).toEqual([...files].sort());
    expect(shuffled(files, 8)).not.toEqual(shuffled(files, 7));
  });
});

describe('chooseFiles', () => {
  const files = ['test/alone/telling.test.ts', 'test/features/roles/roles.test.ts', 'test/bench/gate.test.ts'];
  it('short, leaves out benchmarks and what runs alone', () => {
    expect(chooseFiles(files, [], 'short')).toEqual({ together: ['test/features/roles/roles.test.ts'], alone: [] });
  });
  it.each(['ci', 'full'] as const)('%s, leaves out nothing', (form) => {
    expect(chooseFiles(files, [], form))
      .toEqual({ together: ['test/features/roles/roles.test.ts', 'test/bench/gate.test.ts'], alone: ['test/alone/telling.test.ts'] });
  });
  it('patterns, chooses what matches one of them in every form', () => {
    expect(chooseFiles(files, ['telling', '^test/b'], 'short'))
      .toEqual({ together: ['test/bench/gate.test.ts'], alone: ['test/alone/telling.test.ts'] });
  });
});

describe('formOf', () => {
  it.each([[{}, 'short'], [{ CI: 'true' }, 'ci'], [{ CI: 'false' }, 'short'], [{ CI: 'true', TEST_FORM: 'full' }, 'full'], [
    { TEST_FORM: 'short', CI: 'true' }, 'short',
  ]])('%j, %s', (env, form) => {
    expect(formOf(env)).toBe(form);
  });
  it('an unknown form, refused with those that there are', () => {
    expect(() => formOf({ TEST_FORM: 'long' })).toThrow('TEST_FORM is "long". Cure: use one of short, ci, full.');
  });
});

describe('readTestOptions', () => {
  it('patterns, own options and those of jest, told apart', () => {
    expect(readTestOptions(['api', '--shuffle=7', 'mail', '--record', '-t', 'a name']))
      .toEqual({ patterns: ['api', 'mail'], shuffle: 7, records: true, jest: ['-t', 'a name'] });
  });
  it('a path behind an option of jest, refused', () => {
    expect(() => readTestOptions(['--verbose', 'test/api']))
      .toThrow('test/api stands behind an option of jest. Cure: name the files first.');
  });

  it('--shuffle without a number, an order by chance', () => {
    expect(readTestOptions(['--shuffle']).shuffle).toEqual(expect.any(Number));
    expect(readTestOptions([])).toEqual({ patterns: [], shuffle: undefined, records: false, jest: [] });
  });
});
