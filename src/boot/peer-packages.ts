import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import type { Express } from 'express';
import mongoose from 'mongoose';
import { z } from 'zod';
import { startError } from '../errors/errors.ts';

const manifest = z.object({ name: z.string(), version: z.string(), peerDependencies: z.record(z.string(), z.string()).default({}) });

/** Each package with the range that Gatehouse needs and the installed version; null if the version is unknown. */
export type PeerVersions = readonly (readonly [name: string, range: string, version: string | null])[];

/**
 * Throws a StartError that names each package of the host with a version outside the range in Gatehouse's `peerDependencies`.
 *
 * npm only warns of such versions, but the census reads internal parts of Express's router, which other versions may not have.
 */
export function requirePeerVersions(versions: PeerVersions = readPeerVersions()): void {
  const lines = versions.filter(([, range, version]) => version !== null && !isWithin(version, range))
    .map(([name, range, version]) => `Gatehouse needs ${name} ${range}, and ${version} is installed: npm install "${name}@${range}".`);
  if (lines.length > 0) throw startError(lines.join('\n'));
}

/** Reads the ranges from the package.json of Gatehouse, and the installed versions. */
export function readPeerVersions(): PeerVersions {
  const own = findOwnManifest();
  return Object.entries(own?.peerDependencies ?? {}).map(([name, range]) => [name, range, versionOf(name)]);
}

/** The package.json of Gatehouse; undefined if a bundle of the host does not include it. */
function findOwnManifest() {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'));
    if (found) return found.name === 'express-gatehouse' ? found : undefined;
  }
  return undefined;
}

function versionOf(name: string): string | null {
  try {
    return readManifest(createRequire(import.meta.url).resolve(`${name}/package.json`))?.version ?? null;
  } catch {
    return null;
  }
}

function readManifest(file: string) {
  try {
    return manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Says whether a version is in one of the ranges of a text such as ^8.19.0 || ^9.0.0. */
function isWithin(version: string, ranges: string): boolean {
  return ranges.split('||').some((range) => isFrom(numbersOf(range.trim().replace(/^\^/, '')), numbersOf(version)));
}

/** The first number must be equal, and the others must not be smaller. */
function isFrom([leastMajor = 0, leastMinor = 0, leastPatch = 0]: number[], [major = 0, minor = 0, patch = 0]: number[]): boolean {
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch));
}

function numbersOf(version: string): number[] {
  return version.split('-', 1)[0]?.split('.').map(Number) ?? [];
}

/** Throws a StartError for a connection of another copy of Mongoose, because its models, sessions and types are different classes. */
export function requireSameMongoose(connection: object): void {
  if (connection instanceof mongoose.Connection) return;
  throw startError(
    'The connection was made by another copy of Mongoose than Gatehouse uses. See "npm ls mongoose", and install one version once.',
  );
}

/** Throws a StartError for a value that is no Express app, and for an app of another copy of Express. */
export function requireSameExpress(app: Express): void {
  const { request }: { readonly request?: unknown } = typeof app === 'function' ? app : {};
  if (typeof request !== 'object' || request === null) throw startError(
    'gatehouse.init and gatehouse.seed need the Express app: gatehouse.init(app).',
  );
  if (Object.prototype.isPrototypeOf.call(express.request, request)) return;
  throw startError('The app was made by another copy of Express than Gatehouse uses. See "npm ls express", and install one version once.');
}
