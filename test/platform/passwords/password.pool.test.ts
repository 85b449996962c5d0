import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import bcrypt from 'bcryptjs';
import { createPasswordPool } from '../../../src/platform/passwords/password.pool.ts';
import { runsTypeScript } from '../../support/typescript.ts';

const task = { digest: 'digest', salt: bcrypt.genSaltSync(4) };
const estimate = { password: 'a long enough password', about: [] };
const endless = new URL('endless.worker.ts', import.meta.url);
const slow = { digest: 'digest', salt: bcrypt.genSaltSync(10) };

describe('password pool', () => {
  it('full queue, one more request, refuses it and serves those before it', async () => {
    const pool = createPasswordPool({ maxQueue: 3, workers: 1 });
    await pool.run(task);
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => pool.run(slow)));
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(5); // two have places
    for (const answer of answers.slice(5)) expect(answer).toMatchObject({ reason: { code: 'password-queue-full' } });
    expect(await pool.run(task)).toMatch(/^\$2b\$04\$/);
    await pool.close();
  }, 20_000);

  it('one source with many hashes and estimates, gets them all, and another source gets its turn after two', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateFile: endless });
    const done: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => done.push(name));
    await Promise.all([
      ...Array.from({ length: 20 }, (_, at) => note('a', at % 2 === 0 ? pool.run(task, 'a') : pool.rate(estimate, 'a'))),
      note('b', pool.run(task, 'b')),
    ]);
    expect(done).toHaveLength(21);
    expect(done.indexOf('b')).toBeLessThanOrEqual(3);
    await pool.close();
  }, 20_000);

  it('full queue, an estimate, is refused', async () => {
    const pool = createPasswordPool({ maxQueue: 1, workers: 1, rateFile: endless });
    const answers = await Promise.allSettled([pool.run(task), pool.rate(estimate), pool.rate(estimate), pool.rate(estimate)]);
    expect(answers.map((answer) => answer.status === 'fulfilled')).toEqual([true, true, true, false]);
    expect(answers[3]).toMatchObject({ reason: { code: 'password-queue-full' } });
    await pool.close();
  }, 20_000);

  it('estimate that never ends, is cut off, and all that waited is done by a new thread, each source in turn', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 200, rateFile: endless });
    const done: string[] = [];
    const note = (name: string, work: Promise<unknown>) => work.then(() => done.push(name));
    const stuck = pool.rate({ password: 'endless', about: [] }, 'a');
    const waiting = [
      note('hash of a', pool.run(task, 'a')), note('estimate of b', pool.rate(estimate, 'b')), note('hash of b', pool.run(task, 'b')),
      note('estimate', pool.rate(estimate)),
    ];
    await expect(stuck).rejects.toMatchObject({ code: 'password-queue-full' });
    await Promise.all(waiting);
    expect(done).toEqual(['hash of a', 'estimate of b', 'estimate', 'hash of b']);
    expect(await Promise.all([pool.run(task, 'a'), pool.rate(estimate, 'a')])).toHaveLength(2);
    await pool.close();
  }, 20_000);

  it('several estimates that never end, on two threads, are each cut off, and hashes between them are done', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 2, rateLimit: 200, rateFile: endless });
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, (_, at) => (at % 3 === 2 ? pool.run(task) : pool.rate({ password: 'endless', about: [] }))),
    );
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual(Array.from({ length: 6 }, (_, at) => at % 3 === 2));
    expect(answers[0]).toMatchObject({ reason: { code: 'password-queue-full' } });
    await pool.close();
  }, 20_000);

  it('estimate cut off, took its thread with it: the processor is free', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 100, rateFile: endless });
    await expect(pool.rate({ password: 'endless', about: [] })).rejects.toMatchObject({ code: 'password-queue-full' });
    await pool.run(task);
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(300);
    await pool.close();
  }, 20_000);

  it('closed during an estimate that never ends, answers not-ready', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1, rateLimit: 60_000, rateFile: endless });
    await pool.run(task);
    const waiting = Promise.allSettled([pool.rate({ password: 'endless', about: [] }), pool.rate(estimate), pool.run(task)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await pool.close();
    for (const answer of await waiting) expect(answer).toMatchObject({ reason: { code: 'not-ready' } });
  }, 20_000);

  it('closed, with work waiting or called again, answers not-ready', async () => {
    const pool = createPasswordPool({ maxQueue: 64, workers: 1 });
    const waiting = Promise.allSettled([pool.run(slow), pool.run(slow)]);
    await pool.close();
    for (const answer of await waiting) expect(answer).toMatchObject({ reason: { code: 'not-ready' } });
    await expect(pool.run(task)).rejects.toMatchObject({ code: 'not-ready' });
    await pool.close();
  });

  it('thread that dies or cannot start, fails its work and what waits, and hangs nothing', async () => {
    for (const [name, cause] of [['crashing.worker.ts', 'exited with code: 3'], ['missing.worker.ts', 'missing.worker']] as const) {
      const pool = createPasswordPool({ maxQueue: 64, workers: 1, file: new URL(name, import.meta.url) });
      const answers = await Promise.allSettled([pool.run(task, 'a'), pool.run(task, 'a'), pool.run(task, 'b')]);
      expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(answers[0]).toMatchObject({ reason: { cause: { message: expect.stringContaining(cause) as string } } });
      await expect(pool.run(task, 'a')).rejects.toThrow('A password thread failed.');
      await pool.close();
    }
  }, 20_000);
});

describe('password pool and its process', () => {
  const file = new URL('../../../src/platform/passwords/password.pool.ts', import.meta.url).href;

  /** Runs a program with a pool of its own; resolves with what it printed and its exit code. */
  function runProgram(body: string): Promise<{ code: number | null; text: string }> {
    const program = `import('${file}').then(async (made) => { const pool = made.createPasswordPool({ maxQueue: 9 }); ${body} });`;
    const child = spawn(process.execPath, [...runsTypeScript, '-e', program], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)), env: { PATH: process.env.PATH }, timeout: 15_000,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, text })));
  }

  const run = `const hash = await pool.run(${JSON.stringify(task)}); process.stdout.write(hash.slice(0, 7));`;

  it.each([
    ['after use and close', `${run} await pool.close();`, '$2b$04$'],
    ['after use, not closed', run, '$2b$04$'],
    ['never used', `process.stdout.write(String(process.getActiveResourcesInfo().includes('Worker')));`, 'false'],
  ])('process %s, ends by itself', async (_, body, text) => {
    expect(await runProgram(body)).toEqual({ code: 0, text });
  }, 20_000);
});
