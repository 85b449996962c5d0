import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSecantus, findBuiltSecantus } from '../../../scripts/build-secantus.ts';
import { canReach } from '../../../src/cli/local-mongo/engines/can-reach.ts';
import { chooseEngine } from '../../../src/cli/local-mongo/engines/choose-engine.ts';
import { mayDownload } from '../../../src/cli/local-mongo/engines/download-mongod.ts';
import { findMongod } from '../../../src/cli/local-mongo/engines/find-mongod.ts';
import { installSecantus } from '../../../src/cli/local-mongo/engines/install-secantus.ts';
import { writeProgram } from '../../support/write-program.ts';

let folder = '';
let cacheFolder = '';
let lines: string[] = [];
let env: Record<string, string | undefined> = {};
const log = (line: string): void => { lines.push(line); };
const program = (name: string, body: string): void => writeProgram(folder, name, body);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-mongo-test-'));
  cacheFolder = join(folder, 'cache');
  lines = [];
  mkdirSync(join(folder, 'bin'));
  env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A server that refuses every request, and counts them; `tunnel` is its answer to CONNECT. */
async function counting(tunnel: number): Promise<{ url: string; asked: () => number; close: () => void }> {
  let asked = 0;
  const server = createServer((request) => {
    asked += 1;
    request.socket.destroy();
  });
  server.on('connect', (_request, socket) => {
    asked += 1;
    socket.end(`HTTP/1.1 ${String(tunnel)} Answer\r\n\r\n`);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, asked: () => asked, close: () => server.close() };
}

describe('the download of MongoDB', () => {
  it('its host gives no answer, is not asked again for a day', async () => {
    const host = await counting(403);
    const place = { cacheFolder, env: { ...env, MONGOMS_DOWNLOAD_MIRROR: host.url } };
    expect([await mayDownload(place), await mayDownload(place), host.asked()]).toEqual([false, false, 1]);
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(join(cacheFolder, 'mongodb-download-blocked'), twoDaysAgo, twoDaysAgo);
    expect([await mayDownload(place), host.asked()]).toEqual([false, 2]);
    host.close();
  });

  it('another host is set after a refusal, that one is asked', async () => {
    const [first, second] = [await counting(403), await counting(403)];
    await mayDownload({ cacheFolder, env: { MONGOMS_DOWNLOAD_MIRROR: first.url } });
    await mayDownload({ cacheFolder, env: { MONGOMS_DOWNLOAD_MIRROR: second.url } });
    expect([first.asked(), second.asked()]).toEqual([1, 1]);
    first.close();
    second.close();
  });

  it('a host that never answers, noticed within the time given', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => { silent.listen(0, '127.0.0.1', resolve); });
    const began = Date.now();
    expect(await canReach(`http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`, env, 200)).toBe(false);
    expect(Date.now() - began).toBeLessThan(2_000);
    silent.close();
    silent.closeAllConnections();
  });

  it.each([[200, true], [403, false]])('a proxy that answers %i, counts as reachable: %s', async (tunnel, reachable) => {
    const proxy = await counting(tunnel);
    expect(await canReach('https://host.example', { HTTPS_PROXY: proxy.url }, 2_000)).toBe(reachable);
    proxy.close();
  });
});

describe('an installed mongod', () => {
  it('does not run on this machine, is passed over and named', async () => {
    program('mongod', 'echo "Illegal instruction" >&2; exit 132');
    expect(await findMongod(env, log)).toBeUndefined();
    expect(lines).toEqual([`${join(folder, 'bin', 'mongod')} does not run on this machine; looking for another database.`]);
  });

  it('appears after SecantusDB made the data, the data stay with SecantusDB', async () => {
    program('mongod', 'echo "db version v7.0.99"');
    fakePython();
    const dataFolder = join(folder, 'data');
    mkdirSync(join(dataFolder, 'secantusdb'), { recursive: true });
    const choice = { dataFolder, cacheFolder, env, log };
    expect((await chooseEngine({ ...choice, ephemeral: false })).kind).toBe('secantus');
    expect((await chooseEngine({ ...choice, ephemeral: true })).kind).toBe('mongod');
  });
});

describe('SecantusDB in Rust', () => {
  it('once cargo has built it, is found and taken where it is the fallback; without cargo nothing is built and it is said', async () => {
    fakePython();
    const choice = {
      dataFolder: join(folder, 'data'), cacheFolder, ephemeral: true, env: { ...env, MONGOMS_DOWNLOAD_MIRROR: 'http://127.0.0.1:1' }, log,
    };
    expect(await buildSecantus(choice)).toBe(false);
    expect(lines).toEqual([expect.stringContaining('there is no cargo on PATH')]);
    expect(findBuiltSecantus(choice)).toBeUndefined();
    const write = 'echo "#!/bin/sh" > "$root/bin/secantusd-rs"; chmod +x "$root/bin/secantusd-rs"';
    program('cargo', `for root in "$@"; do :; done; mkdir -p "$root/bin"; ${write}`);
    expect(await buildSecantus(choice)).toBe(true);
    const fallback = findBuiltSecantus(choice);
    expect([(await chooseEngine(choice)).isFast, (await chooseEngine({ ...choice, fallback })).isFast]).toEqual([false, true]);
  });

  it('cannot be built, the end of what cargo says', async () => {
    program('cargo', 'echo "error: no such crate" >&2; exit 101');
    await expect(buildSecantus({ cacheFolder, env, log })).rejects.toThrow(/could not be built:\nerror: no such crate/);
  });
});

/** A `python3` whose environments and pip do no more than put the expected files there; it notes each installation. */
function fakePython(pip = 'touch "$(dirname "$0")/secantusd-py"; chmod +x "$(dirname "$0")/secantusd-py"'): void {
  program('python3', `
    case "$*" in
      *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
      *"-m pip"*) mkdir "${folder}/installed-$$"; ${pip} ;;
      *version_info*) echo 3.11.2 ;;
    esac`);
}
const installations = (): number => readdirSync(folder).filter((name) => name.startsWith('installed-')).length;
const install = async (): Promise<string[]> => {
  const engine = await installSecantus({ cacheFolder, env, log });
  return engine.command({ port: 1, storage: '/data', ephemeral: false });
};

describe('installSecantus', () => {
  it('first and second use, installed once and run as DESIGN says', async () => {
    fakePython();
    await install();
    const command = (await install()).join(' ');
    expect(command).toContain('secantusdb-0.7.0b3/bin/python ');
    expect(command).toMatch(/secantusd-py .*--host 127\.0\.0\.1 --port 1 --storage-path \/data --sync-on-commit$/);
    expect(installations()).toBe(1);
    expect(lines).toHaveLength(1);
  });

  it('a damaged environment, made anew', async () => {
    fakePython();
    await install();
    rmSync(join(cacheFolder, 'secantusdb-0.7.0b3', 'bin', 'secantusd-py'));
    await install();
    expect(installations()).toBe(2);
    expect(existsSync(join(cacheFolder, 'secantusdb-0.7.0b3', 'bin', 'secantusd-py'))).toBe(true);
  });

  it('four at once, all succeed and one whole environment is left', async () => {
    fakePython();
    await Promise.all([install(), install(), install(), install()]);
    expect(readdirSync(cacheFolder)).toEqual(['secantusdb-0.7.0b3']);
  });

  it('left-overs of a killed installation, removed after an hour', async () => {
    fakePython();
    const old = join(cacheFolder, 'secantusdb-0.7.0b3.building-old');
    const young = join(cacheFolder, 'secantusdb-0.7.0b3.building-new');
    for (const path of [old, young]) mkdirSync(path, { recursive: true });
    utimesSync(old, 0, 0);
    await install();
    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('Python is missing or too old, refused with a cure', async () => {
    env = { PATH: join(folder, 'bin') };
    await expect(install()).rejects.toThrow(/needs Python 3\.10 or newer, and there is none on PATH\. Cure: install it/);
    program('python3', 'echo 3.8.10; exit 1');
    await expect(install()).rejects.toThrow('python3 is 3.8.10');
  });

  it('venv or pip fail, refused with a cure and nothing half-made is left', async () => {
    fakePython('echo "No matching distribution found" >&2; exit 1');
    await expect(install()).rejects.toThrow(/No matching distribution found\nCure: check the network/);
    program('python3', 'case "$*" in *version_info*) echo 3.11.2;; *) echo "ensurepip is not available"; exit 1;; esac');
    await expect(install()).rejects.toThrow(/ensurepip is not available\nCure: .*apt-get install python3-venv/);
    expect(readdirSync(cacheFolder)).toEqual([]);
  });
});
