import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './read-pages.ts';

interface Locked {
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

describe.each(['package-lock.json', 'scripts/bench/package-lock.json'])('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');

  it('what production installs, runs no script of its own', () => {
    const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };
    const scripted = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => hasInstallScript === true && dev !== true).map(
      ([name]) => name,
    );
    expect(scripted).toEqual([]);
  });

  it('packages, are named without the host they came from', () => {
    expect(text).not.toMatch(/"resolved":|https?:\/\/[^"]*\.tgz/);
  });
});
