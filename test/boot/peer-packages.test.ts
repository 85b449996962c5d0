import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import express from 'express';
import type { Express } from 'express';
import { createGatehouse } from '../../src/gatehouse.ts';
import type { GatehouseDeps } from '../../src/gatehouse.types.ts';
import { createUnconnected } from '../../src/platform/database/connect.ts';
import { readPeerVersions, requirePeerVersions } from '../../src/boot/peer-packages.ts';
import { testSettings } from '../support/test-settings.ts';

const settings = testSettings();

/** An app of another copy of Express, as a second one in somebody's node_modules gives. */
function otherApp(): Express {
  const require = createRequire(import.meta.url);
  const own = /node_modules[\\/]express[\\/]/;
  const kept = Object.entries(require.cache).filter(([file]) => own.test(file));
  for (const [file] of kept) Reflect.deleteProperty(require.cache, file);
  try {
    return (require('express') as typeof express)(); // the same package once more
  } finally {
    for (const [file, module] of kept) require.cache[file] = module;
  }
}

describe('the packages that the host brings', () => {
  it('ranges, are those of package.json, and the installed versions are within', () => {
    const { peerDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    ) as { peerDependencies: Record<string, string> };
    const read = readPeerVersions();
    expect(Object.fromEntries(read.map(([name, range]) => [name, range]))).toEqual(peerDependencies);
    expect(Object.values(peerDependencies).every((range) => /^\^\d+\.\d+\.\d+$/.test(range))).toBe(true);
    expect(read.map(([, , version]) => version)).toEqual([expect.stringMatching(/^5\./), expect.stringMatching(/^9\./)]);
    expect(() => requirePeerVersions()).not.toThrow();
  });

  it.each([
    ['4.21.2', false], ['5.2.9', false], ['5.3.0', true], ['5.10.1', true], ['5.3.0-beta.1', true], ['6.0.0', false],
  ])('version %s against ^5.3.0', (version, fits) => {
    const check = () => requirePeerVersions([['express', '^5.3.0', version]]);
    if (fits) expect(check).not.toThrow();
    else expect(check).toThrow(`Gatehouse needs express ^5.3.0, and ${version} is installed: npm install "express@^5.3.0".`);
  });

  it.each([
    ['7.9.9', false], ['8.18.9', false], ['8.19.0', true], ['9.0.0', true], ['9.12.1', true], ['10.0.0', false],
  ])('version %s against two ranges', (version, fits) => {
    const check = () => requirePeerVersions([['mongoose', '^8.19.0 || ^9.0.0', version]]);
    if (fits) expect(check).not.toThrow();
    else expect(check).toThrow(`Gatehouse needs mongoose ^8.19.0 || ^9.0.0, and ${version} is installed`);
  });

  it('several versions outside their ranges, are one error; an unknown version is no error', () => {
    expect(() => requirePeerVersions([['express', '^5.3.0', '4.21.2'], ['mongoose', '^9.12.1', '8.9.0']]))
      .toThrow(/express [^]*\n[^]*mongoose/);
    expect(() => requirePeerVersions([['express', '^5.3.0', null]])).not.toThrow();
  });

  it('a connection of another copy of Mongoose, is refused and says so', () => {
    const connection = {
      startSession: () => undefined, useDb: () => undefined, model: () => undefined,
    } as unknown as GatehouseDeps['connection']; // all that its form shows
    expect(() => createGatehouse({ connection, settings }))
      .toThrow(/^The connection was made by another copy of Mongoose .*"npm ls mongoose"/);
  });

  it('an app of another copy of Express, or none, is refused and says so', async () => {
    const gatehouse = createGatehouse({ connection: createUnconnected(), settings });
    const app = otherApp();
    expect(Object.getPrototypeOf(app.request)).not.toBe(express.request);
    await expect(gatehouse.init(app)).rejects.toThrow(/^The app was made by another copy of Express .*"npm ls express"/);
    await expect(gatehouse.init(undefined as unknown as Express)).rejects.toThrow(/need the Express app/);
    await gatehouse.close();
  });
});
