import { join } from 'node:path';
import { addCounts, countTests, describeCounts } from '../../scripts/test-run/counts.ts';
import type { RunEnd } from '../../scripts/test-run/counts.ts';
import { project } from '../../scripts/test-run/project.ts';
import { createDatabase, dropTestDatabase } from '../support/gatehouse/database.ts';

const report = (figures: object): string => JSON.stringify({
  numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, testResults: [], ...figures,
});
const closing = (
  figures: object, { exitCode = 0, hung = false, skipsFail = false }: Partial<RunEnd & { skipsFail: boolean }> = {},
): [string, boolean] => {
  const counts = countTests(report(figures), { exitCode, hung, skipsFail });
  return [describeCounts(counts), counts.faults.length === 0];
};

describe('countTests', () => {
  it('all passed, no fault', () => expect(closing({})).toEqual(['3 passed, 0 failed', true]));
  it('failed tests and files that did not run, counted together', () => {
    expect(closing({ numFailedTests: 2, numRuntimeErrorTestSuites: 1 }, { exitCode: 1 })).toEqual(['3 passed, 3 failed', false]);
  });
  it('skipped and todo tests, told and allowed outside CI alone', () => {
    const figures = { numPendingTests: 1, numTodoTests: 1 };
    expect(closing(figures)).toEqual(['3 passed, 0 failed, 2 skipped', true]);
    expect(closing(figures, { skipsFail: true })).toEqual(['3 passed, 1 failed, 2 skipped', false]);
  });
  it('no test ran, a fault', () => expect(closing({ numPassedTests: 0 })).toEqual(['0 passed, 1 failed', false]));
  it('jest ended badly, was killed or hung though all tests passed, a fault', () => {
    const ends = [{ exitCode: 1 }, { exitCode: null }, { exitCode: null, hung: true }];
    expect(ends.map((end) => closing({}, end))).toEqual(ends.map(() => ['3 passed, 1 failed', false]));
  });
  it('files that passed and others, only those are named', () => {
    const testResults = [
      { name: 'one', status: 'passed' }, { name: 'two', status: 'failed', assertionResults: [] }, { name: 'three', status: 'pending' },
    ];
    const counts = countTests(report({ testResults }), { exitCode: 1, hung: false, skipsFail: true });
    expect(counts.passedFiles).toEqual(['one']);
  });
  it('failed tests, each named with its file; a file that did not run by its own name', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'good' }, { status: 'failed', fullName: 'bad' }, { status: 'failed', fullName: 'worse' },
    ];
    const testResults = [{ name: join(project, 'test', 'one.test.ts'), status: 'failed', assertionResults }, {
      name: join(project, 'two.test.ts'), status: 'failed', assertionResults: [],
    }];
    const { faults } = countTests(
      report({ numFailedTests: 2, numRuntimeErrorTestSuites: 1, testResults }), { exitCode: 1, hung: false, skipsFail: false },
    );
    expect(faults.slice(1)).toEqual(['test/one.test.ts: bad', 'test/one.test.ts: worse', 'two.test.ts']);
  });
  it('no report, a fault', () => {
    expect(countTests(undefined, { exitCode: 1, hung: false, skipsFail: false }))
      .toMatchObject({ passed: 0, failed: 1, faults: [expect.any(String)] });
  });
});

describe('addCounts', () => {
  it('two runs, one of which failed, are one failed run of all tests', () => {
    const counts = addCounts([countTests(report({}), { exitCode: 0, hung: false, skipsFail: true }), countTests(
      undefined, { exitCode: 1, hung: false, skipsFail: true },
    )]);
    expect([describeCounts(counts), counts.faults.length]).toEqual(['3 passed, 1 failed', 1]);
  });
});

describe('testDatabase', () => {
  it('two of them, different names on the one server, dropped with all they hold', async () => {
    const [one, two] = [await createDatabase('shared', { name: 'one' }), await createDatabase()];
    expect(one.connection.name).toMatch(/^gatehouse_test_one_[0-9a-f]{12}$/);
    expect(two.uri.split('?')[0])
      .toBe(`${(process.env['TEST_MONGODB_URI'] ?? '').split('/').slice(0, 3).join('/')}/${two.connection.name}`);
    await one.connection.collection('things').insertOne({ a: 1 });
    await one.drop();
    await one.drop();
    const { databases } = await two.connection.getClient().db('admin').admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).not.toContain(one.connection.name);
    await two.drop();
  });

  it('a database with another name, is not dropped', async () => {
    const { connection, drop } = await createDatabase();
    const other = connection.useDb('precious');
    await expect(dropTestDatabase(other)).rejects.toThrow('precious is not a test database');
    await drop();
  });

  it('no server is given, refused with the command that gives one', async () => {
    const given = process.env['TEST_MONGODB_URI'];
    delete process.env['TEST_MONGODB_URI'];
    try {
      await expect(createDatabase()).rejects.toThrow('npm test');
    } finally {
      process.env['TEST_MONGODB_URI'] = given;
    }
  });
});
