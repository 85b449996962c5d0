import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { identifyProcess } from '../../src/cli/local-mongo/process-identity.ts';
import { freePort } from '../support/free-port.ts';
import { createProcesses } from '../support/processes.ts';
import type { Running } from '../support/processes.ts';

const processes = createProcesses();
const db = (...args: string[]) => processes.start('src/cli/cli.ts', ['db', '--ephemeral', ...args], { env: { TMPDIR: processes.folder } });
// The URI on stdout may arrive before the line on stderr.
const pidOf = async (running: Running) => Number((await running.until(/local, pid (\d+)/, 30_000, 'stderr'))[1]);

describe('the command db', () => {
  it('on a port, prints its URI alone on stdout, runs until a signal and leaves no process', async () => {
    const port = await freePort();
    const running = db('--port', String(port));
    await running.until(/\n/);
    expect(running.printed.stdout).toMatch(new RegExp(`^mongodb://127\\.0\\.0\\.1:${port}/gatehouse\\?replicaSet=\\S+\n$`));
    const pid = await pidOf(running);
    expect(identifyProcess(pid)).toBeDefined();
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(identifyProcess(pid)).toBeUndefined();
  }, 60_000);

  it('its database ends by itself, 69', async () => {
    const running = db();
    await running.until(/\n/);
    process.kill(await pidOf(running), 'SIGKILL');
    expect(await running.ended).toEqual({ code: 69, signal: null });
    expect(running.printed.stderr).toContain('The local database has ended by itself. Start it again.\n');
  }, 60_000);

  it('a port in use, 71; a port that is none, 64', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo; // a server with a port has no other type of address
    const taken = await processes.run('src/cli/cli.ts', ['db', '--ephemeral', '--port', String(port)]);
    expect(taken).toMatchObject({ code: 71, stdout: '' });
    expect(taken.stderr).toContain(`Port ${port} of 127.0.0.1 is in use.`);
    await new Promise((resolve) => other.close(resolve));
    const args = ['db', '--data', join(processes.folder, 'data'), '--port', '70000'];
    expect(await processes.run('src/cli/cli.ts', args)).toMatchObject({ code: 64, stdout: '' });
  }, 60_000);
});
