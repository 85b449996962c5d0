import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { developmentSecrets } from '../../../src/cli/local/development-env.ts';
import { runsTypeScript } from '../../support/typescript.ts';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'development-env-test-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('developmentSecrets', () => {
  it('two starts on one folder, the same two secrets of 32 bytes in a file for the owner alone', () => {
    const made = developmentSecrets(join(folder, 'data'), { ephemeral: false });
    expect(developmentSecrets(join(folder, 'data'), { ephemeral: false })).toEqual(made);
    expect(Object.values(made).map((value: string) => Buffer.from(value, 'base64').length)).toEqual([32, 32]);
    expect(made.KEY_ENCRYPTION_KEY).not.toBe(made.PASSWORD_PEPPER);
    expect(statSync(join(folder, 'data', 'development-secrets.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'data'))).toEqual(['development-secrets.json']);
  });

  it('throw-away data, new secrets each time and nothing written', () => {
    const made = developmentSecrets(folder, { ephemeral: true });
    expect(developmentSecrets(folder, { ephemeral: true })).not.toEqual(made);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('first starts of several processes at once, all get the same', async () => {
    const module = pathToFileURL(resolve(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'local', 'development-env.ts')).href;
    const call = `developmentSecrets(${JSON.stringify(folder)}, { ephemeral: false })`;
    const code = `import(${JSON.stringify(module)}).then((m) => console.log(JSON.stringify(m.${call})))`;
    const start = async (): Promise<string> => (await promisify(execFile)(process.execPath, [...runsTypeScript, '-e', code])).stdout;
    const printed = await Promise.all([start(), start(), start()]);
    expect(new Set(printed).size).toBe(1);
    expect(printed[0]).toContain('PASSWORD_PEPPER');
  });

  it.each(['', '{', 'null', '{"KEY_ENCRYPTION_KEY":"AAAA","PASSWORD_PEPPER":"AAAA"}'])('a damaged file (%j), refused and left alone', (
    content,
  ) => {
    const path = join(folder, 'development-secrets.json');
    writeFileSync(path, content);
    expect(() => developmentSecrets(folder, { ephemeral: false })).toThrow('is damaged. Cure:');
    expect(statSync(path).size).toBe(content.length);
  });
});
