import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findOnPath, run, tail } from '../../src/cli/local-mongo/engines/programs.ts';
import type { Environment } from '../../src/cli/local-mongo/engines/programs.ts';
import { buildArguments, keycloakCommand } from './keycloak-command.ts';
import { addressInLog, launchKeycloak } from './run-keycloak.ts';

const version = '26.7.3';
const sha256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f';
const fetcher = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
/** In ms: some 20 s for the download of 177 MB, and 30 s for the build. */
const stepLimit = 900_000;

interface Build {
  readonly cacheFolder: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}

/** A Keycloak that only has to be started. */
export interface BuiltKeycloak {
  readonly home: string;
  /** Its tables and its master realm, to be copied for each start. */
  readonly template: string;
}

/** The built Keycloak of the cache folder; undefined unless it has been built with today's version and options. */
export function findBuiltKeycloak({ cacheFolder }: Pick<Build, 'cacheFolder'>): BuiltKeycloak | undefined {
  const root = rootIn(cacheFolder);
  return existsSync(root) ? partsOf(root) : undefined;
}

/**
 * Builds Keycloak into the cache folder, once: fetches it from Maven Central, compares its digest, builds it for its database and
 * features, and lets it make its tables.
 *
 * Rejects in one line if a program is missing, and with the end of the output if a step fails. What is half built does not count.
 */
export async function buildKeycloak({ cacheFolder, env, log }: Build): Promise<BuiltKeycloak> {
  const found = findBuiltKeycloak({ cacheFolder });
  if (found) return found;
  const [java, mvn, unzip] = [requireProgram('java', env), requireProgram('mvn', env), requireProgram('unzip', env)];
  log(`Building Keycloak ${version} into ${rootIn(cacheFolder)} (once, some 90 s)...`);
  await mkdir(cacheFolder, { recursive: true });
  const work = await mkdtemp(join(cacheFolder, 'keycloak-unfinished-'));
  try {
    await runStep('downloaded', mvn, ['-q', '-B', fetcher, `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`,
      `-DoutputDirectory=${work}`], env);
    const archive = join(work, `keycloak-quarkus-dist-${version}.zip`);
    const digest = await digestOf(archive);
    if (digest !== sha256) throw new Error(`Keycloak ${version} is not the one that these tests know: its SHA-256 is ${digest}.`);
    await runStep('unpacked', unzip, ['-q', archive, '-d', work], env);
    const parts = partsOf(work);
    await rename(join(work, `keycloak-${version}`), parts.home);
    await rm(archive);
    const [program = java, ...args] = keycloakCommand(java, parts.home, buildArguments);
    await runStep('built', program, args, env);
    const first = await launchKeycloak({ java, home: parts.home, folder: parts.template, isThrowAway: false, env });
    await addressInLog(first, stepLimit).finally(first.stop);
    await rename(work, rootIn(cacheFolder));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return partsOf(rootIn(cacheFolder));
}

/** Throws, with a cure in one line, where a program is missing. */
export function requireProgram(name: 'java' | 'mvn' | 'unzip', env: Environment): string {
  const file = findOnPath(name, env);
  if (file !== undefined) return file;
  throw new Error(`Keycloak needs ${name}, which is not on the PATH. Cure: apt-get install openjdk-17-jre-headless maven unzip`);
}

async function runStep(name: string, program: string, args: string[], env: Environment): Promise<void> {
  const { ok, output } = await run(program, args, env, stepLimit);
  if (!ok) throw new Error(`Keycloak ${version} could not be ${name}: ${tail(output)}`);
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Other options make another folder, so that an old build does not count. */
function rootIn(cacheFolder: string): string {
  const options = createHash('sha256').update(JSON.stringify(buildArguments)).digest('hex').slice(0, 8);
  return join(cacheFolder, `keycloak-${version}-${options}`);
}

function partsOf(root: string): BuiltKeycloak {
  return { home: join(root, 'home'), template: join(root, 'template') };
}
