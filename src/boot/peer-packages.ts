import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import express from 'express';
import type { Express } from 'express';
import mongoose from 'mongoose';
import { z } from 'zod';
import { startError } from '../errors/errors.ts';

const manifest = z.object({ name: z.string(), version: z.string(), peerDependencies: z.record(z.string(), z.string()).default({}) });

/** Package, range that Gatehouse needs, and version that it found; null where it cannot tell. */
export type PeerVersions = readonly (readonly [name: string, range: string, version: string | null])[];

/**
 * Throws a StartError that names each package of the host that is outside the range of Gatehouse's `peerDependencies`.
 *
 * Npm only warns of those, and the census reads parts of Express's router that its types leave out.
 */
export function requirePeerVersions(versions: PeerVersions = readPeerVersions()): void {
  const lines = versions.filter(([, range, version]) => version !== null && !isWithin(version, range))
    .map(([name, range, version]) => `Gatehouse needs ${name} ${range}, and ${version} is installed: npm install "${name}@${range}".`);
  if (lines.length > 0) throw startError(lines.join('\n'));
}

/** The ranges that this package's own package.json states, and what is installed. */
export function readPeerVersions(): PeerVersions {
  const own = findOwnManifest();
  return Object.entries(own?.peerDependencies ?? {}).map(([name, range]) => [name, range, versionOf(name)]);
}

/** A bundle of the host's may leave the file behind: then nobody can tell. */
function findOwnManifest() {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = readManifest(join(folder, 'package.json'));
    if (found) return found.name === 'gatehouse' ? found : undefined;
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

/** Of a range such as ^5.3.0, which is the only kind there is: the same first number, and no less in the others. */
function isWithin(version: string, range: string): boolean {
  const [wanted, found] = [range.replace(/^\^/, ''), version].map((text) => text.split('-', 1)[0]?.split('.').map(Number) ?? []);
  const [major = 0, minor = 0, patch = 0] = found ?? [];
  const [leastMajor = 0, leastMinor = 0, leastPatch = 0] = wanted ?? [];
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch));
}

/** Throws a StartError for a connection that another copy of Mongoose made: its models, sessions and types are not those that Gatehouse uses. */
export function requireSameMongoose(connection: object): void {
  if (connection instanceof mongoose.Connection) return;
  throw startError(
    'The connection was made by another copy of Mongoose than Gatehouse uses. See "npm ls mongoose", and install one version once.',
  );
}

/** Throws a StartError for an app that another copy of Express made, or that is none. */
export function requireSameExpress(app: Express): void {
  const { request }: { readonly request?: unknown } = typeof app === 'function' ? app : {};
  if (typeof request !== 'object' || request === null) throw startError(
    'gatehouse.init and gatehouse.seed are given the Express app: gatehouse.init(app).',
  );
  if (Object.prototype.isPrototypeOf.call(express.request, request)) return;
  throw startError('The app was made by another copy of Express than Gatehouse uses. See "npm ls express", and install one version once.');
}
