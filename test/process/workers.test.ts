import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../../src/cli/local-mongo/process-identity.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';
import { keepAlive, logIn, nodeSettings, send, startNode } from '../support/nodes.ts';
import type { NodeProcess } from '../support/nodes.ts';
import { eventually } from '../support/eventually.ts';

// `npm start -- --workers N`: several processes on one port, which count as one node.

const processes = createProcesses();
const database = await createDatabase();
beforeEach(async () => { await database.connection.dropDatabase(); });

const start = (...args: readonly string[]) => startNode(
  processes, { ...nodeSettings(database.uri), LOG_LEVEL: 'info', STOP_DELAY: '0' }, '--data', processes.folder, ...args,
);

/** Lines of the log that say this. */
function logged({ printed }: NodeProcess, what: string): Record<string, unknown>[] {
  return printed.stdout.split('\n').filter((line) => line.startsWith('{') && line.includes(what)).flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>]; // pino writes objects
    } catch {
      return []; // not yet all of it
    }
  });
}

/** A connection to one worker of a node, whose pid the log of requests tells. */
async function connectToWorker(node: NodeProcess) {
  const agent = keepAlive();
  const { headers } = await send(node.origin, '/livez', { agent });
  const requestId = String(headers['x-request-id']);
  await eventually(() => logged(node, requestId).length > 0);
  return { agent, pid: Number(logged(node, requestId)[0]?.['pid']) };
}

/** One connection to each of so many workers. */
async function connectToEach(node: NodeProcess, count: number) {
  const found = new Map<number, Awaited<ReturnType<typeof connectToWorker>>>();
  await eventually(async () => {
    const one = await connectToWorker(node);
    if (found.has(one.pid)) one.agent.destroy();
    else found.set(one.pid, one);
    return found.size === count;
  });
  return [...found.values()];
}

const isRunning = (pid: number): boolean => identifyProcess(pid) !== undefined;

describe('npm start -- --workers N', () => {
  it('2, says so once, shares the port, and ends with 0 without leaving anything', async () => {
    const node = await start('--workers', '2');
    const lines = node.printed.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(lines).toEqual([
      `Gatehouse listens on ${node.origin}`,
      `  docs      ${node.origin}/docs`,
      `  health    ${node.origin}/readyz`,
      expect.stringMatching(/^ {2}database {2}/),
      '  workers   2',
      expect.stringMatching(/^ {2}seeding {3}created 4 roles, \d+ rights; 0 changed$/),
    ]);
    expect(node.printed.stderr).toBe('');
    const workers = await connectToEach(node, 2);
    expect(workers.map(({ pid }) => pid)).not.toContain(node.pid);
    for (const { pid } of workers) process.kill(pid, 'SIGTERM'); // as a terminal or a service manager does, to each process of a group
    await sleep(100);
    // One that had begun to stop would not call itself ready any more.
    for (const { agent } of workers) expect((await send(node.origin, '/readyz', { agent })).status).toBe(200);
    expect(workers.filter(({ pid }) => isRunning(pid))).toHaveLength(2);
    node.child.kill('SIGTERM');
    expect(await node.ended).toEqual({ code: 0, signal: null });
    expect(workers.filter(({ pid }) => isRunning(pid))).toEqual([]);
  }, 60_000);

  it('a worker that is killed, is replaced while the other one serves', async () => {
    const node = await start('--workers', '2');
    const [one, other] = await connectToEach(node, 2);
    process.kill(one?.pid ?? 0, 'SIGKILL');
    expect((await send(node.origin, '/readyz', { agent: other?.agent ?? keepAlive() })).status).toBe(200);
    await eventually(() => logged(node, 'a worker has ended').length > 0);
    expect(logged(node, 'a worker has ended')).toMatchObject([{ worker: one?.pid, signal: 'SIGKILL' }]);
    const now = await connectToEach(node, 2);
    expect(now.map(({ pid }) => pid)).toContain(other?.pid);
    expect(now.map(({ pid }) => pid)).not.toContain(one?.pid);
    expect(node.printed.stdout.match(/listens on/g)).toHaveLength(1);
    node.child.kill('SIGTERM');
    expect(await node.ended).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('the primary process is killed, no worker is left', async () => {
    const node = await start('--workers', '2');
    const workers = await connectToEach(node, 2);
    node.child.kill('SIGKILL');
    await eventually(() => workers.every(({ pid }) => !isRunning(pid)));
  }, 60_000);

  it('a worker hangs, holds up a change for 2 s and no longer; once it is gone, nobody waits', async () => {
    const node = await start('--workers', '2');
    const token = await logIn(node.origin);
    const [one, other] = await connectToEach(node, 2);
    let count = 0;
    const change = async (): Promise<number> => {
      const began = performance.now();
      const name = `role${(count += 1)}`;
      const { status } = await send(
        node.origin, '/roles/create', { token, body: { roleId: name, type: name, rights: [] }, ...(one && { agent: one.agent }) },
      );
      expect(status).toBe(201);
      return performance.now() - began;
    };
    const usual = await change();
    process.kill(other?.pid ?? 0, 'SIGSTOP');
    const hung = await change();
    const waiting = change();
    await eventually(async () => await database.connection.collection('roles').countDocuments({ type: 'role3' }) === 1);
    process.kill(other?.pid ?? 0, 'SIGKILL');
    const killed = await waiting;
    console.log(`a change with two workers: ${usual.toFixed(
      0,
    )} ms; while one hangs ${hung.toFixed(0)} ms; while one is killed ${killed.toFixed(0)} ms`);
    expect(usual).toBeLessThan(1_500);
    expect(hung).toBeGreaterThanOrEqual(1_990);
    expect(hung).toBeLessThan(2_000 + 1_500);
    expect(killed).toBeLessThan(1_500);
    node.child.kill('SIGTERM');
    expect(await node.ended).toEqual({ code: 0, signal: null });
  }, 60_000);

  it.each(['0', '257'])('%s, 64 with one line that says what is possible', async (count) => {
    const finished = await processes.run('src/cli/cli.ts', ['start', `--workers=${count}`], { env: nodeSettings(database.uri) });
    expect(finished).toEqual(
      { code: 64, stdout: '', stderr: '--workers takes a whole number from 1 to 256, or auto for one worker for each core.\n' },
    );
  }, 30_000);

  it('a start that fails, ends with the code and one message, as with one process', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => void blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo; // what a server on a port has
    const env = { ...nodeSettings(database.uri), WORKERS: '3' };
    const run = (faulty: Record<string, string>) => processes.run(
      'src/cli/cli.ts', ['start', '--data', processes.folder], { env: { ...env, ...faulty } },
    );
    expect(await run({ PORT: String(port) })).toEqual(
      { code: 71, stdout: '', stderr: `Port ${port} of 127.0.0.1 is in use. Stop the other program, or change PORT.\n` },
    );
    expect(await run({ HOST: '192.0.2.1' })).toMatchObject(
      { code: 78, stderr: expect.stringMatching(/^HOST 192\.0\.2\.1 is not an address of this machine.*\n$/) as string },
    );
    expect(await run({ AUDIT_DAYS: '0' })).toMatchObject(
      { code: 78, stderr: expect.stringMatching(/^1 setting is missing or wrong:\n/) as string },
    );
    expect(await run({ MONGODB_URI: 'mongodb://127.0.0.1:1/gatehouse' })).toMatchObject(
      { code: 69, stderr: expect.stringMatching(/^The database of MONGODB_URI does not answer .*\n$/) as string },
    );
    await new Promise((resolve) => blocker.close(resolve));
  }, 120_000);
});
