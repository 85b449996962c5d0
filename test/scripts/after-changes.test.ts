import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { affectsAll } from '../../scripts/proofs/proofs.ts';
import { afterChanges, changedFiles, unchangedTests } from '../../scripts/test-run/after-changes.ts';
import { chooseFiles } from '../../scripts/test-run/choose-files.ts';
import { project } from '../../scripts/test-run/project.ts';

const [packed, fault, plain] = ['test/readme/package.test.ts', 'test/faults/broken-feed.test.ts', 'test/gate/gate.test.ts'];
const [program, hanging] = ['test/process/workers.test.ts', 'test/scripts/hanging.test.ts'];
const files = [packed, fault, program, hanging, plain];
const rarely = [packed, fault, program, hanging];

describe('unchangedTests', () => {
  it('nothing that they test has changed, the package, faults, programs and hanging tests are left out', () => {
    expect(unchangedTests(files, [])).toEqual(rarely);
    expect(unchangedTests(files, ['src/engine/decide.ts', 'CHANGELOG.md'])).toEqual(rarely);
  });

  it.each([
    ['src/features/sessions/session.service.ts', [packed, program, hanging]], ['src/process/serve.ts', [packed, hanging]],
    ['test/faults/new.test.ts', [packed, program, hanging]], ['README.md', [fault, program, hanging]],
    ['src/verifier/index.ts', [fault, program, hanging]], ['src/gatehouse.ts', [hanging]], ['scripts/house.ts', [packed, fault, hanging]],
    ['scripts/test.ts', [packed, fault]],
  ])('%s has changed, left out are %j', (path, left) => {
    expect(unchangedTests(files, [path])).toEqual(left);
  });

  it.each([
    'package-lock.json', 'config/roles.ts', 'test/support/proof.ts', 'scripts/test-run/lanes.ts',
  ])('%s has changed, none is left out', (path) => {
    expect(unchangedTests(files, [path])).toEqual([]);
  });

  it('changes are unknown, none is left out', () => expect(unchangedTests(files, undefined)).toEqual([]));

  it('a name that only begins like a covered file, changes nothing', () => {
    expect(unchangedTests(files, ['README.md.orig', 'src/process-notes.md', 'config.md'])).toEqual(rarely);
  });

  it('what the list and the rest of the run name, exists', () => {
    for (const { tests, covers } of afterChanges) for (const path of [...tests, ...covers]) {
      expect([path, existsSync(join(project, path))]).toEqual([path, true]);
    }
    for (const path of affectsAll) expect([path, existsSync(join(project, path))]).toEqual([path, true]);
  });
});

describe('chooseFiles', () => {
  it('left out in the short form alone, and not where a pattern names them', () => {
    expect(chooseFiles(files, [], 'short', [packed, fault]).together).toEqual([program, hanging, plain]);
    expect(chooseFiles(files, [], 'ci', [packed, fault]).together).toEqual(files);
    expect(chooseFiles(files, ['faults'], 'short', [packed, fault]).together).toEqual([fault]);
  });
});

describe('changedFiles', () => {
  let folder: string;
  const git = (...args: readonly string[]) => execFileSync(
    'git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], { cwd: folder, stdio: 'pipe' },
  );
  const write = (path: string, text = path) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-changes-'));
    git('init', '--quiet', '--initial-branch=main');
    for (const name of ['first', 'second']) {
      write(name);
      git('add', '.');
      git('commit', '--quiet', '--message', name);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('on a branch, what its commits, the work tree and new files differ in, and nothing that the main branch did since', () => {
    git('checkout', '--quiet', '-b', 'work');
    write('src/committed');
    git('add', '.');
    git('commit', '--quiet', '--message', 'third');
    git('checkout', '--quiet', 'main');
    write('by-others');
    git('add', '.');
    git('commit', '--quiet', '--message', 'fourth');
    git('checkout', '--quiet', 'work');
    write('first', 'changed');
    write('staged');
    git('add', 'staged');
    write('src/new');
    expect(changedFiles(folder)?.sort()).toEqual(['first', 'src/committed', 'src/new', 'staged']);
  });

  it('a file that was moved, counts at both places', () => {
    git('checkout', '--quiet', '-b', 'work');
    git('mv', 'first', 'moved');
    git('commit', '--quiet', '--message', 'third');
    expect(changedFiles(folder)?.sort()).toEqual(['first', 'moved']);
  });

  it('on the main branch itself, what the last commit changed as well', () => {
    write('first', 'changed');
    expect(changedFiles(folder)).toEqual(['first', 'second']);
  });

  it('in a clone of the main branch, only what the clone changed', () => {
    const clone = join(folder, 'clone');
    git('clone', '--quiet', folder, clone);
    expect(changedFiles(clone)).toEqual([]);
    writeFileSync(join(clone, 'first'), 'changed');
    expect(changedFiles(clone)).toEqual(['first']);
  });

  it('where there is no main branch, or no clone at all, unknown', () => {
    git('branch', '--move', 'main', 'other');
    expect(changedFiles(folder)).toBeUndefined();
    rmSync(join(folder, '.git'), { recursive: true });
    expect(changedFiles(folder)).toBeUndefined();
  });
});
