import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Mutant } from './mutation.types.ts';

/** A name that a change leaves unused is no error of types. */
const unused = new Set([6133, 6192, 6196, 6198]);

/** Creates the check whether the compiler accepts a mutant: where it refuses, nobody could commit the change. */
export function createTypeCheck(project: string): (mutant: Pick<Mutant, 'file' | 'text'>) => boolean {
  const config = ts.readConfigFile(join(project, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options: { tsBuildInfoFile: _cache, ...rest } } = ts.parseJsonConfigFileContent(config.config, ts.sys, project);
  const options: ts.CompilerOptions = { ...rest, incremental: false, types: ['node'] };
  const plain = ts.createCompilerHost(options);
  // Parsed once for all mutants: of each of them one file alone differs, and what it imports is all that is checked with it.
  const parsed = new Map<string, ts.SourceFile | undefined>();
  const resolutions = ts.createModuleResolutionCache(project, (name) => name, options);
  const parse = (path: string, languageVersion: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined => {
    if (!parsed.has(path)) parsed.set(path, plain.getSourceFile(path, languageVersion));
    return parsed.get(path);
  };

  return ({ file, text }) => {
    const changed = join(project, file);
    const host: ts.CompilerHost = {
      ...plain,
      getSourceFile: (path, languageVersion) => (path === changed ? ts.createSourceFile(
        path, text, languageVersion, true,
      ) : parse(path, languageVersion)),
      getModuleResolutionCache: () => resolutions,
    };
    const program = ts.createProgram({ rootNames: [changed], options, host });
    const source = program.getSourceFile(changed);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.every(({ category, code }) => category !== ts.DiagnosticCategory.Error || unused.has(code));
  };
}
