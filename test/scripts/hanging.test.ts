import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestCounts } from '../../scripts/test-run/counts.ts';
import { createProcesses } from '../support/processes.ts';
import { proof } from '../support/proof.ts';

// Runs test files that hang, in a run of their own.

const processes = createProcesses();

interface FixtureRun {
  readonly counts: TestCounts;
  /** Of each test that failed, and of each file that did not run to its end: what was said. */
  readonly messages: readonly string[];
}

async function run(files: readonly string[], limit = 100_000): Promise<FixtureRun> {
  const folder = await mkdtemp(join(processes.folder, 'run-'));
  const order = { folder, files: files.map((file) => `test/scripts/hanging/${file}.fixture.ts`), limit };
  const { stdout, stderr } = await processes.run('test/scripts/hanging/run-fixtures.ts', [JSON.stringify(order)]);
  const counts = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? stderr) as TestCounts; // printed by run-fixtures.ts
  const report = await readFile(join(folder, 'fixtures.json'), 'utf8').catch(() => '{"testResults":[]}');
  const { testResults } = JSON.parse(report) as { testResults: { message: string }[] }; // jest's documented format
  return { counts, messages: testResults.map(({ message }) => message) };
}

describe('a test run', () => {
  it('with hooks, tests and a process that exceed their limits, fails each by its name and goes on', async () => {
    const { counts, messages: [message = ''] } = await run(['hangs']);
    expect(counts).toMatchObject({ passed: 1, failed: 4 });
    for (const name of ['(beforeAll)', 'sleeps past its limit', 'never ends']) {
      expect(message).toContain(`"a file that hangs > ${name}" did not end within its limit of 200 ms.`);
    }
    expect(message).toMatch(new RegExp([
      /waits for a process that never starts\n\s+/, /Error: test\/scripts\/hanging\/silent\.ts \(process \d+\) printed nothing like listens within 1000 ms/,
    ].map(({ source }) => source).join('')));
  }, 120_000);

  it.each(
    proof({ short: ['ends'], ci: ['ends', 'blocks'], full: ['ends', 'blocks'] }),
  )('with a file that %s, ends its process, names the file and runs the others', async (name) => {
    const { counts, messages } = await run([name, 'hangs']);
    expect(counts).toMatchObject({ passed: 1, failed: 5 });
    const [summary, ...named] = counts.faults;
    expect(summary).toBe('4 tests, 1 test files that did not run to their end');
    const hanging = ['(beforeAll)', 'sleeps past its limit', 'never ends', 'waits for a process that never starts'];
    const expected = [`${name}.fixture.ts`, ...hanging.map((test) => `hangs.fixture.ts: ${test}`)].map(
      (fault) => `test/scripts/hanging/${fault}`,
    );
    expect(named.sort()).toEqual(expected.sort());
    expect(messages.join('\n')).toMatch(name === 'blocks'
      ? /"a file that blocks > computes without end" hung: it did not end within 5200 ms \(its limit is 200 ms\), and its process was ended\./
      : /The process of this file ended with SIGKILL: ends its own process\./);
  }, 120_000);

  it('that takes longer than its own limit, ends and says what was running', async () => {
    const { counts } = await run(['endless'], 6_000);
    expect(counts.failed).toBe(1);
    expect(counts.faults.at(-1)).toMatch(
      /^the run did not end within 6 s; running: test\/scripts\/hanging\/endless\.fixture\.ts "has more time than the run", for \d s$/,
    );
  }, 120_000);
});
