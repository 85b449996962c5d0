import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project } from '../../scripts/test-run/project.ts';
import { startProgram } from '../readme/run-process.ts';
import { freePort } from '../support/free-port.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { proof } from '../support/proof.ts';
import { buildImage, readDockerfile } from './dockerfile.ts';
import type { Image } from './dockerfile.ts';

const instructions = readDockerfile(join(project, 'Dockerfile'));
const valuesOf = (wanted: string) => instructions.filter(({ name }) => name === wanted).map(({ text }) => text);

describe('Dockerfile', () => {
  it('as written, runs without root, checks its health, and takes no file that only this machine has', () => {
    expect(valuesOf('USER')).toEqual(['node']);
    expect(valuesOf('HEALTHCHECK')).toEqual([expect.stringContaining('/livez')]);
    expect(instructions.findLastIndex(({ name }) => name === 'RUN')).toBeLessThan(instructions.findIndex(({ name }) => name === 'USER'));
    const ignored = readFileSync(join(project, '.dockerignore'), 'utf8').trim().split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.gatehouse', '**/.env*', '**/node_modules']) as unknown);
    expect(valuesOf('FROM').every((image) => /^node:22-slim( AS \w+)?$/.test(image))).toBe(true);
  });

  // Two installations and a build: half a minute of a processor and more.
  (proof({ short: false, ci: true, full: true }) ? describe : describe.skip)('its steps, done in a clean folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-image-'));
    let image: Image;
    beforeAll(async () => {
      const context = join(folder, 'context');
      const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: project, encoding: 'utf8' });
      for (const file of listed.split('\n').filter((path) => path !== '' && existsSync(join(project, path)))) {
        cpSync(join(project, file), join(context, file));
      }
      image = await buildImage(instructions, context, folder);
    }, 600_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const bin = (program: string) => join(image.root, '/app/node_modules/.bin', program);

    it('leave the package and what it needs, and no development package', () => {
      const packages = join(image.root, image.workdir, 'node_modules');
      const isThere = (name: string) => existsSync(join(packages, name));
      expect(['express', 'mongoose', 'pino', 'express-gatehouse/package.json'].filter((name) => !isThere(name))).toEqual([]);
      expect(['typescript', 'jest', 'tsx', 'eslint'].filter(isThere)).toEqual([]);
      const kilobytes = Number(/^\d+/.exec(execFileSync('du', ['-sk', image.root], { encoding: 'utf8' }))?.[0]);
      expect(kilobytes).toBeLessThan(100_000);
    });

    it('give a program that starts in production, is healthy, and ends with 0', async () => {
      const port = String(await freePort());
      const { uri } = await createDatabase();
      const [program = '', ...args] = image.command;
      expect([program, ...args]).toEqual(['express-gatehouse', 'start']);
      const env = {
        ...image.env, PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: port, STOP_DELAY: '0', MONGODB_URI: uri,
        PUBLIC_URL: 'https://gate.example.com', SMTP_URL: 'smtp://127.0.0.1:1',
        KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
      };
      const cwd = join(image.root, image.workdir);
      const server = startProgram(bin(program), args, { cwd, env });
      const checkHealth = () => {
        const [node = '', ...rest] = image.healthCheck;
        return startProgram(node, rest, { cwd, env }).ended();
      };
      expect(await checkHealth()).not.toBe(0);
      await server.printed(/Gatehouse listens on/);
      expect(await checkHealth()).toBe(0);
      const link = startProgram(bin(program), ['seed', '--link'], { cwd, env });
      expect(await link.ended()).toBe(0);
      expect(link.output()).toMatch(/https:\/\/gate\.example\.com\/users\/set-up-superadmin#token=/);
      expect(await server.stop('SIGTERM')).toBe(0);
    }, 120_000);
  });
});
