import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideKeycloak } from '../../scripts/keycloak/beside-keycloak.ts';
import { buildKeycloak, findBuiltKeycloak } from '../../scripts/keycloak/build-keycloak.ts';
import { addressInLog } from '../../scripts/keycloak/run-keycloak.ts';
import { chooseFiles } from '../../scripts/test-run/choose-files.ts';
import { startKeycloak } from '../peers/keycloak/start-keycloak.ts';

const cure = 'Cure: apt-get install openjdk-17-jre-headless maven unzip';
const [uses, other] = ['test/features/sso/keycloak.test.ts', 'test/features/sso/provider.test.ts'];

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-build-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes programs that a build finds instead of the real ones. */
function fakePrograms(programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

describe('buildKeycloak', () => {
  const build = (PATH: string) => buildKeycloak({ cacheFolder: join(folder, 'cache'), env: { PATH }, log: () => undefined });

  it.each([
    [{}, 'java'], [{ java: '' }, 'mvn'], [{ java: '', mvn: '' }, 'unzip'],
  ])('on a machine with %j, one line names the program that is missing and its package', async (programs, missing) => {
    await expect(build(fakePrograms(programs))).rejects.toThrow(`Keycloak needs ${missing}, which is not on the PATH. ${cure}`);
  });

  it('a download fails, its last words are told and nothing stays', async () => {
    await expect(build(fakePrograms({ java: '', unzip: '', mvn: 'echo no such artifact; exit 1' })))
      .rejects.toThrow('Keycloak 26.7.3 could not be downloaded: no such artifact');
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });

  it('another archive is delivered, refused before it is unpacked', async () => {
    const mvn = `for each in "$@"; do case $each in -DoutputDirectory=*) cd "\${each#*=}";; esac; done
      echo forged > keycloak-quarkus-dist-26.7.3.zip`;
    await expect(build(fakePrograms({ java: '', unzip: `touch ${folder}/unpacked`, mvn }))).rejects.toThrow(/SHA-256 is [\da-f]{64}/);
    expect([readdirSync(join(folder, 'cache')), existsSync(join(folder, 'unpacked'))]).toEqual([[], false]);
    expect(findBuiltKeycloak({ cacheFolder: join(folder, 'cache') })).toBeUndefined();
  });
});

describe('a run of tests', () => {
  it('Keycloak is used by a file, it is left out of the short form unless a pattern names it', () => {
    expect(chooseFiles([uses, other], [], 'short').together).toEqual([other]);
    expect(chooseFiles([uses, other], ['keycloak'], 'short').together).toEqual([uses]);
    expect(chooseFiles([uses, other], [], 'ci').together).toEqual([uses, other]);
  });

  it.each([
    ['a file uses Keycloak, which is not built', [uses], ['Keycloak is not built. Cure: npm run build-keycloak']],
    ['no file uses Keycloak', [other], []],
  ])('%s, the work is done without it', async (_case, files, lines) => {
    const log: string[] = [];
    const surroundings = { files, cacheFolder: folder, env: {}, log: (line: string) => { log.push(line); } };
    expect(await besideKeycloak(surroundings, (keycloak) => Promise.resolve({ keycloak }))).toEqual({ keycloak: undefined });
    expect(log).toEqual(lines);
  });

  it('a test asks for Keycloak, which the run has not, the error names the cure', async () => {
    const { TEST_KEYCLOAK } = process.env;
    delete process.env['TEST_KEYCLOAK'];
    await expect(startKeycloak()).rejects.toThrow('This run has no Keycloak. Cure: npm run build-keycloak');
    if (TEST_KEYCLOAK !== undefined) process.env['TEST_KEYCLOAK'] = TEST_KEYCLOAK;
  });
});

describe('addressInLog', () => {
  const logFile = () => join(folder, 'log');

  it('Keycloak listens, the address of its log', async () => {
    writeFileSync(logFile(), 'INFO  [io.quarkus] started in 9.1s. Listening on: http://127.0.0.1:4711\n');
    expect(await addressInLog({ pid: process.pid, logFile: logFile() })).toBe('http://127.0.0.1:4711');
  });

  it('Keycloak ended before, the last words of its log', async () => {
    writeFileSync(logFile(), 'ERROR: no memory\n');
    const { pid } = spawnSync('true');
    await expect(addressInLog({ pid, logFile: logFile() })).rejects.toThrow('Keycloak has ended: ERROR: no memory');
  });

  it('Keycloak takes too long, the last words of its log', async () => {
    writeFileSync(logFile(), 'INFO: still busy\n');
    const wait = addressInLog({ pid: process.pid, logFile: logFile() }, 100);
    await expect(wait).rejects.toThrow('Keycloak did not start within 100 ms: INFO: still busy');
  });
});
