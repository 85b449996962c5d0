import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { mongodEngine } from './engine.ts';
import { mongodVersion } from './find-mongod.ts';
import { canReach } from './can-reach.ts';
import type { Environment } from './programs.ts';

/** How long a host that gave no answer is not asked again, in ms. */
const rememberedFor = 24 * 3_600_000;

interface Place {
  cacheFolder: string;
  env: Environment;
}

/**
 * Finds the `mongod` that mongodb-memory-server has downloaded, or downloads it; undefined if neither is possible.
 *
 * The library tries a blocked download for some 7 s. So its host is asked first (at most 2 s), and if it gives no answer,
 * a file in the cache folder records that for a day.
 */
export async function downloadMongod(download: Place & { log: (line: string) => void }): Promise<Engine | undefined> {
  const { env, log } = download;
  // Loaded only if needed: it takes 0.4 s, and an installation without development packages does not have it.
  const library = await import('mongodb-memory-server').catch(() => undefined);
  if (library === undefined) return undefined;
  const { DryMongoBinary, MongoBinary } = library;
  try {
    const wanted = DryMongoBinary.getEnsuredOptions();
    let binary = await DryMongoBinary.locateBinary(wanted);
    if (binary === undefined) {
      if (!(await mayDownload(download))) return undefined;
      log(`Downloading MongoDB ${wanted.version} (once)...`);
      // The library checks certificates only if npm's setting says so.
      process.env['npm_config_strict_ssl'] ??= 'true';
      binary = await MongoBinary.getPath();
    }
    const version = await mongodVersion(binary, env);
    if (version === undefined) throw new Error(`${binary} does not run on this machine`);
    return mongodEngine('memory-server', binary, version);
  } catch (error) {
    await remember(download);
    log(`No MongoDB by download (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}); using SecantusDB.`);
    return undefined;
  }
}

function downloadHost(env: Environment): string {
  return env['MONGOMS_DOWNLOAD_URL'] ?? env['MONGOMS_DOWNLOAD_MIRROR'] ?? 'https://fastdl.mongodb.org';
}

/** Says whether the host of the download answers; it is not asked again for a day if it did not. */
export async function mayDownload(download: Place): Promise<boolean> {
  const host = downloadHost(download.env);
  const note = notePath(download);
  const fresh = await stat(note).then(({ mtimeMs }) => Date.now() - mtimeMs < rememberedFor, () => false);
  if (fresh && (await readFile(note, 'utf8')).startsWith(`${host}\n`)) return false;
  if (await canReach(host, download.env, 2_000)) return true;
  await remember(download);
  return false;
}

async function remember(download: Place): Promise<void> {
  await mkdir(download.cacheFolder, { recursive: true });
  const text = 'gave no MongoDB. It is asked again a day after this file was written, or if the file is removed.';
  await writeFile(notePath(download), `${downloadHost(download.env)}\n${text}\n`);
}

function notePath({ cacheFolder }: Place): string {
  return join(cacheFolder, 'mongodb-download-blocked');
}
