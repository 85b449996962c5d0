import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { findOldProofs, prepareRecord, readProofRecords, recordProof } from '../../scripts/proofs/proof-record.ts';
import { affectsAll, describeProofs, findProofs, proofs } from '../../scripts/proofs/proofs.ts';
import { listTestFiles } from '../../scripts/test-run/choose-files.ts';

const project = resolve(import.meta.dirname, '..', '..');

describe('the proofs', () => {
  it('cover every file of src, each once', async () => {
    const covered = proofs.flatMap(({ covers }) => covers);
    const files = (await readdir(join(project, 'src'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(
      (entry) => relative(project, join(entry.parentPath, entry.name)),
    );
    const timesCovered = (file: string) => covered.filter((path) => file === path || file.startsWith(`${path}/`)).length;
    expect(files.length).toBeGreaterThan(300);
    expect(files.filter((file) => timesCovered(file) !== 1)).toEqual([]);
    expect(covered.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });

  it('run every test file whose figures depend on the form, or that is left out of the short form', async () => {
    const files = await listTestFiles(project);
    const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(project, file), 'utf8') })));
    const withFigures = texts.filter(
      ({ file, text }) => /^test\/(alone|bench)\//.test(file) || /support\/(proof|fast-database)\.ts'/.test(text),
    ).map(({ file }) => file)
      .filter((file) => !file.startsWith('test/scripts/'));
    const isRun = (file: string) => proofs.some(({ tests }) => tests.some((path) => file.startsWith(path)));
    expect(withFigures.filter((file) => !isRun(file))).toEqual([]);
  });

  it('name test files and folders that exist', async () => {
    const files = await listTestFiles(project);
    expect(proofs.flatMap(({ tests }) => tests).filter((path) => !files.some((file) => file.startsWith(path)))).toEqual([]);
    expect(affectsAll.filter((path) => !existsSync(join(project, path)))).toEqual([]);
  });
});

describe('describeProofs', () => {
  it('names every proof', () => {
    const lines = describeProofs().split('\n');
    expect(proofs.filter(({ name }) => !lines.some((line) => line.trim().startsWith(`${name} `)))).toEqual([]);
  });
});

describe('findProofs', () => {
  const namesOf = (...names: string[]) => findProofs(names).map(({ name }) => name);
  it('no name, all; the name of a proof or of a folder of src, that proof', () => {
    expect(namesOf()).toEqual(proofs.map(({ name }) => name));
    expect([namesOf('revocation'), namesOf('sessions'), namesOf('src/features/sessions/'), namesOf('revocation', 'engine')])
      .toEqual([['revocation'], ['revocation'], ['revocation'], ['decisions', 'revocation']]);
  });
  it('an unknown name, refused with those that there are', () => {
    expect(() => namesOf('nothing'))
      .toThrow(/No proof is named "nothing" or covers src\/nothing\. Cure: one of decisions, .*faults, or a folder of src\./);
  });
});

describe('findOldProofs', () => {
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'gatehouse-proofs-'));
    for (const path of ['src', 'test', 'scripts', 'config', 'package-lock.json']) {
      await cp(join(project, path), join(copy, path), { recursive: true });
    }
    for (const proof of proofs) await recordProof(copy, proof, await prepareRecord(copy, proof, new Date('2026-11-28T10:00:00Z')));
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  const oldAfter = async (path: string) => {
    const before = await readFile(join(copy, path), 'utf8');
    await writeFile(join(copy, path), `${before}\n// changed\n`);
    const old = await findOldProofs(copy, await readProofRecords(copy));
    await writeFile(join(copy, path), before);
    return old;
  };

  it('nothing has changed since they held, none', async () => {
    expect(await findOldProofs(copy, await readProofRecords(copy))).toEqual([]);
  });

  it('a file of a covered folder, or one of their tests, has changed, the proofs of it with the day on which they held', async () => {
    expect(await oldAfter('src/features/sessions/session.service.ts'))
      .toEqual([{ proof: 'revocation', changed: ['src/features/sessions'], provenOn: '2026-11-28' }]);
    expect((await oldAfter('test/fuzz/wire.ts')).map(({ proof }) => proof)).toEqual(['gate']);
  });

  it.each(['package-lock.json', 'config/init.ts', 'test/support/proof.ts'])('%s has changed, all', async (path) => {
    expect(await oldAfter(path)).toHaveLength(proofs.length);
  });

  it('none has ever held, all', async () => {
    expect((await findOldProofs(project, {})).map(({ provenOn }) => provenOn)).toEqual(proofs.map(() => undefined));
  });
});
