import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../../scripts/test-run/project.ts';
import { version } from '../../src/boot/version.ts';
import { describeProgram } from '../../src/cli/command-line/help.ts';
import { commands } from '../../src/cli/commands.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Manifest; // our own file
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: project, encoding: 'utf8' })
  .split('\n').filter((path) => path !== '' && existsSync(join(project, path)));
const linesWith = (paths: readonly string[], pattern: RegExp) => paths.flatMap((path) => (
  readFileSync(join(project, path), 'utf8').split('\n').filter((line) => pattern.test(line)).map((line) => `${path}: ${line.trim()}`)));

describe('the commands', () => {
  it('each, is a file of src/cli, an npm script of the same name, and a line of the help', () => {
    for (const name of commands.keys()) {
      expect([name, existsSync(join(project, 'src/cli', `${name}.ts`))]).toEqual([name, true]);
      expect(manifest.scripts[name]).toMatch(new RegExp(`^node --import tsx src/cli/cli\\.ts ${name}( |$)`));
      expect(describeProgram(commands)).toContain(`\n  ${name} `);
    }
  });

  it('the program, has the name of the package and a short one, and knows the version', () => {
    expect(manifest.bin).toEqual({ 'express-gatehouse': 'dist/src/cli/cli.js', gatehouse: 'dist/src/cli/cli.js' });
    expect(manifest.name).toBe('express-gatehouse');
    expect(version).toBe(manifest.version);
  });

  // Outside a folder that has Gatehouse installed, npx would run a stranger's package of the short name.
  it('no file, tells anybody to run the short name with npx', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(linesWith(files, /np(?:x|m exec)\s+(?:-\S+\s+)*gatehouse\b/)).toEqual([]);
  });

  it('no message of the source, names an npm script, which an installed package has not', () => {
    const sources = files.filter((path) => /^(src|config)\//.test(path) && path !== 'src/errors/command-text.ts');
    expect(linesWith(sources, /npm (?:run|start|test)\b/).filter((line) => !/^\S+ (?:\*|\/\/|\/\*\*)/.test(line))).toEqual([]);
  });
});
