import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { affectsAll, proofs } from './proofs.ts';
import type { Proof } from './proofs.ts';

/** When a proof last held, and the state of the files that it depends on at that time. */
export interface ProofRecord {
  /** A day, as in 2026-11-28. */
  readonly provenOn: string;
  /** Digests of the files that it depends on, by folder or file. */
  readonly digests: Readonly<Record<string, string>>;
}

/** A proof that has not been run since a file that it depends on changed. */
export interface OldProof {
  readonly proof: string;
  /** The changes since: folders, files, or beginnings of paths. */
  readonly changed: readonly string[];
  /** Undefined if it never held. */
  readonly provenOn: string | undefined;
}

const recordFile = 'test/proofs.json';

export async function readProofRecords(project: string): Promise<Readonly<Record<string, ProofRecord>>> {
  const path = join(project, recordFile);
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) as Record<string, ProofRecord> : {}; // written by recordProof alone
}

/** Creates the record of a proof that is about to run, from the files at this moment: they may change while it runs. */
export async function prepareRecord(project: string, proof: Proof, now: Date): Promise<ProofRecord> {
  return { provenOn: now.toISOString().slice(0, 10), digests: await digestsOf(project, proof) };
}

/** Records that a proof holds. */
export async function recordProof(project: string, { name }: Proof, record: ProofRecord): Promise<void> {
  const all = { ...await readProofRecords(project), [name]: record };
  const known = proofs.filter((proof) => proof.name in all).map((proof) => [proof.name, all[proof.name]]);
  await writeFile(join(project, recordFile), `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`);
}

/** Finds the proofs that are older than the newest change of their files. */
export async function findOldProofs(project: string, records: Readonly<Record<string, ProofRecord>>): Promise<OldProof[]> {
  const old = await Promise.all(proofs.map(async (proof) => {
    const record = records[proof.name];
    const digests = Object.entries(await digestsOf(project, proof));
    const differing = digests.filter(([folder, digest]) => record?.digests[folder] !== digest).map(([folder]) => folder);
    const changed = record === undefined ? proof.covers : differing;
    return { proof: proof.name, changed, provenOn: record?.provenOn };
  }));
  return old.filter(({ changed }) => changed.length > 0);
}

async function digestsOf(project: string, { covers, tests, benches }: Proof): Promise<Record<string, string>> {
  const paths = [...covers, ...tests, ...(benches ? ['scripts/bench'] : []), ...affectsAll];
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await digestOf(project, path)] as const)));
}

/** The digest of all files of a folder, of one file, or of all files whose paths begin with `path`. */
async function digestOf(project: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesOf(project, path)) hash.update(file).update('\0').update(await readFile(join(project, file))).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(project: string, path: string): Promise<string[]> {
  if (existsSync(join(project, path))) {
    if (statSync(join(project, path)).isFile()) return [path];
    const found = await readdir(join(project, path), { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1));
    return files.filter((file) => !file.includes('/node_modules/')).sort();
  }
  const folder = path.slice(0, path.lastIndexOf('/'));
  return (await readdir(join(project, folder))).map((name) => `${folder}/${name}`).filter((file) => file.startsWith(path)).sort();
}
