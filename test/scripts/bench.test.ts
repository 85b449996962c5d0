import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..', '..');

describe('npm run bench', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    const isSource = (path: string): boolean => !path.includes('/node_modules');
    for (const path of ['package.json', 'tsconfig.json', 'src', 'scripts']) {
      await cp(join(project, path), join(folder, path), { recursive: true, filter: isSource });
    }
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([[[]], [['gate']]])('%j without its packages, says in one line how to install them and ends with 78', async (args) => {
    const { scripts } = JSON.parse(
      await readFile(join(project, 'package.json'), 'utf8'),
    ) as { readonly scripts: { readonly bench: string } };
    const [program = '', ...options] = scripts.bench.split(' ');
    expect(program).toBe('node');
    const ended = await new Promise((done) => {
      const child = execFile(process.execPath, [...options, ...args], { cwd: folder }, (_error, stdout, stderr) => (
        done({ code: child.exitCode, stdout, stderr })));
    });
    const line = 'The benchmarks need packages of their own. To install them, run: npm ci --prefix scripts/bench\n';
    expect(ended).toEqual({ code: 78, stdout: '', stderr: line });
  }, 60_000);
});
