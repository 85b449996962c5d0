import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import { identifyProcess } from '../../../src/cli/local-mongo/process-identity.ts';
import { startTestMongo } from '../../../scripts/local-mongo.ts';
import { startLocalMongo } from '../../../src/cli/local-mongo/local-mongo.ts';
import type { LocalMongo } from '../../../src/cli/local-mongo/local-mongo.ts';
import { runsTypeScript } from '../../support/typescript.ts';
import { eventually } from '../../support/eventually.ts';
import { writeProgram } from '../../support/write-program.ts';

const support = resolve(import.meta.dirname, '..', '..', 'support');
let folder = '';
let dataFolder = '';
let env: Record<string, string | undefined> = {};
const toStop: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-mongo-test-'));
  dataFolder = join(folder, 'data');
  for (const name of ['bin', 'tmp']) mkdirSync(join(folder, name));
  fakeMongod(serve);
  env = { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
});

afterEach(async () => {
  for (const stop of toStop.splice(0)) await stop();
  rmSync(folder, { recursive: true, force: true });
});

const program = (name: string, body: string): void => writeProgram(folder, name, body);
const serve = `exec "${process.execPath}" ${runsTypeScript.map(
  (option) => `'${option}'`,
).join(' ')} "${join(support, 'fake-mongod.ts')}" "$@"`;
const fakeMongod = (body: string): void => program('mongod', `if [ "$1" = --version ]; then echo "db version v7.0.99"; exit; fi\n${body}`);
const lives = (pid: number | undefined): boolean => pid !== undefined && identifyProcess(pid) !== undefined;

async function start(ephemeral = false): Promise<LocalMongo> {
  const mongo = await startLocalMongo({ dataFolder, ephemeral, env, cacheFolder: join(folder, 'cache') });
  toStop.push(mongo.stop);
  return mongo;
}

async function hold(ephemeral: boolean): Promise<{ owner: number; server: number; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [
    ...runsTypeScript, join(support, 'hold-local-mongo.ts'), JSON.stringify({ ephemeral, dataFolder }),
  ], {
    env: { ...env, TMPDIR: join(folder, 'tmp') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line') as [string];
  const kill = async (): Promise<void> => {
    if (child.kill('SIGKILL')) await once(child, 'exit');
  };
  toStop.push(kill);
  return { owner: child.pid ?? 0, server: (JSON.parse(line) as { pid: number }).pid, kill };
}

async function ping(uri: string): Promise<unknown> {
  const client = await mongoose.mongo.MongoClient.connect(uri, { serverSelectionTimeoutMS: 2_000 });
  try {
    return await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}

describe('startLocalMongo, a given address', () => {
  it('MONGODB_URI is set, is used and described without its login and options', async () => {
    env['MONGODB_URI'] = 'mongodb://me:secret@one.example,two.example/shop?replicaSet=a&token=hidden';
    const mongo = await start();
    expect(mongo).toMatchObject({ kind: 'uri', uri: env['MONGODB_URI'], describe: 'MONGODB_URI (one.example,two.example/shop)' });
    expect(existsSync(dataFolder)).toBe(false);
  });

  it('MONGODB_URI is set and throw-away data is asked for, refused', async () => {
    env['MONGODB_URI'] = 'mongodb://one.example/shop';
    await expect(start(true)).rejects.toThrow('Cure: unset MONGODB_URI');
  });

  it('startTestMongo, both addresses are set, uses the tests\' one', async () => {
    const mongo = await startTestMongo({ MONGODB_URI: 'mongodb://one.example', TEST_MONGODB_URI: 'mongodb://two.example' });
    expect(mongo.uri).toBe('mongodb://two.example');
  });

  it('startTestMongo, only MONGODB_URI is set, starts a server of its own', async () => {
    const mongo = await startTestMongo({ ...env, MONGODB_URI: 'mongodb://one.example' });
    toStop.push(mongo.stop);
    expect(mongo).toMatchObject({ kind: 'mongod', uri: expect.stringContaining('127.0.0.1') as string });
  });
});

describe('startLocalMongo, a mongod on PATH', () => {
  it('an empty data folder, forms the replica set; made under another port, tells the set the new one', async () => {
    const first = await start();
    expect(first.kind).toBe('mongod');
    expect(first.describe).toMatch(/^mongod 7\.0\.99 \(local, pid \d+\), data in .*mongod$/);
    expect(first.uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+\/\?replicaSet=gatehouse$/);
    expect(await ping(first.uri)).toMatchObject({ ok: 1 });
    await first.stop();
    expect(lives(first.pid)).toBe(false);
    expect(existsSync(join(dataFolder, 'in-use.json'))).toBe(false);
    const second = await start();
    expect(second.uri).not.toBe(first.uri);
    expect(await ping(second.uri)).toMatchObject({ ok: 1 });
    expect(readFileSync(join(dataFolder, 'mongod', 'set.json'), 'utf8')).toContain(new URL(second.uri).host);
  });

  it('a second start on the same data, refused while the first goes on', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(`in use by another start of this project (process ${String(process.pid)})`);
    expect(await ping(first.uri)).toMatchObject({ ok: 1 });
  });

  it('a server that cannot start, fails with the end of its log and frees the data folder', async () => {
    fakeMongod('echo "no space left"; exit 3');
    await expect(start()).rejects.toThrow(/mongod 7\.0\.99 did not start[^]*no space left/);
    await expect(start(true)).rejects.toThrow('no space left');
    expect(existsSync(join(dataFolder, 'in-use.json'))).toBe(false);
  });

  it('a port taken in the meantime, tries another', async () => {
    fakeMongod(`if mkdir "${folder}/tried"; then echo "Address already in use"; exit 1; fi\n${serve}`);
    expect(await ping((await start()).uri)).toMatchObject({ ok: 1 });
  });

  it('MONGOMS_SYSTEM_BINARY names no mongod, refused', async () => {
    env['MONGOMS_SYSTEM_BINARY'] = join(folder, 'nothing');
    await expect(start()).rejects.toThrow('MONGOMS_SYSTEM_BINARY');
  });
});

describe('startLocalMongo, the starting process is killed', () => {
  it('kill -9, the server ends by itself and the data can be used again', async () => {
    const held = await hold(false);
    expect(lives(held.server)).toBe(true);
    await held.kill();
    const next = await start();
    expect(next.pid).not.toBe(held.server);
    expect(lives(held.server)).toBe(false);
    expect(await ping(next.uri)).toMatchObject({ ok: 1 });
  });

  it('kill -9 with throw-away data, neither server nor data stays', async () => {
    const held = await hold(true);
    const left = (): string[] => readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('gatehouse-'));
    expect(left()).toHaveLength(1);
    await held.kill();
    await eventually(() => !lives(held.server) && left().length === 0);
  });

  it('an orphan that kept running on this data, ended before the start', async () => {
    const orphan = stray(join(dataFolder, 'mongod'));
    deadClaim(orphan);
    await start();
    expect(lives(orphan)).toBe(false);
  });

  it('the orphan\'s number now belongs to another process, that one is left alone', async () => {
    const innocent = stray('/somewhere/else');
    deadClaim(innocent);
    await start();
    expect(lives(innocent)).toBe(true);
  });
});

describe('startLocalMongo, throw-away data', () => {
  it('stop, removes the data and does not touch the data folder', async () => {
    const mongo = await start(true);
    const command = identifyProcess(mongo.pid ?? 0)?.command ?? '';
    const storage = /--dbpath (\S+)/.exec(command)?.[1] ?? '';
    expect(existsSync(storage)).toBe(true);
    await mongo.stop();
    await mongo.stop();
    expect([existsSync(storage), existsSync(dataFolder), lives(mongo.pid)]).toEqual([false, false, false]);
  });
});

/** A running process with this argument on its command line. */
function stray(argument: string): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 60000)', argument], { stdio: 'ignore' });
  toStop.push(() => child.kill('SIGKILL'));
  return child.pid ?? 0;
}

function deadClaim(server: number): void {
  mkdirSync(dataFolder);
  const claim = { owner: { pid: process.pid, started: 'long ago' }, server: { pid: server, storage: join(dataFolder, 'mongod') } };
  writeFileSync(join(dataFolder, 'in-use.json'), JSON.stringify(claim));
}
