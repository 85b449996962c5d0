import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { join, resolve } from 'node:path';
import { closeLater } from '../../scripts/test-run/closing.ts';
import { installPythonPackage } from '../../src/cli/local-mongo/engines/python-environment.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { createProcesses } from '../support/processes.ts';
import { proof } from '../support/proof.ts';

const project = resolve(import.meta.dirname, '..', '..');
const rules = join(import.meta.dirname, 'schemathesis');

describe('requests that schemathesis makes of /openapi.json', () => {
  // Some 80 operations get as many random requests each, besides about 5,000 that cover every limit of every field.
  const examples = proof({ short: 1, ci: 10, full: 50 });

  it('valid and invalid ones, are answered as the document says', async () => {
    const bin = await installPythonPackage(
      { name: 'schemathesis', version: '4.32.5', programs: [], probe: 'import schemathesis.cli' },
      { cacheFolder: join(project, '.gatehouse', 'cache'), env: process.env },
    );
    const { origin, superadmin } = await startGatehouse({ database: 'fast' });
    const args = [
      '--config-file', join(rules, 'schemathesis.toml'), 'run', `${origin}/openapi.json`,
      '--header', `Authorization: Bearer ${superadmin.token}`,
      '--phases', 'examples,coverage,fuzzing', '--seed', '1', '--max-examples', String(examples), '--continue-on-failure',
      '--warnings', 'off', '--generation-database', 'none', '--no-color',
    ];
    const run = spawn(join(bin, 'python'), ['-m', 'schemathesis.cli', ...args], {
      env: { ...process.env, SCHEMATHESIS_HOOKS: join(rules, 'hooks.py'), PYTHONDONTWRITEBYTECODE: '1' },
      cwd: createProcesses().folder, stdio: ['ignore', 'pipe', 'pipe'],
    });
    closeLater(() => Promise.resolve(void run.kill()));
    const [printed, failed, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'exit') as Promise<[number]>]);
    const [, cases = '0'] = /^ {2}(\d+) generated/m.exec(printed) ?? [];
    console.log(printed.slice(printed.indexOf('= SUMMARY =')));
    expect([code, failed, code === 0 ? '' : printed]).toEqual([0, '', '']);
    expect(Number(cases)).toBeGreaterThanOrEqual(5_000);
  }, 600_000);
});
