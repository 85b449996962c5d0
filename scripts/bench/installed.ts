import { existsSync, readFileSync } from 'node:fs';

/** One line that says how to install the packages of the benchmarks; undefined if they are installed. */
export function installNotice(): string | undefined {
  const text = readFileSync(new URL('package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  const isInstalled = (name: string): boolean => existsSync(new URL(`node_modules/${name}/package.json`, import.meta.url));
  if (Object.keys(dependencies).every(isInstalled)) return undefined;
  return 'The benchmarks need packages of their own. To install them, run: npm ci --prefix scripts/bench';
}
