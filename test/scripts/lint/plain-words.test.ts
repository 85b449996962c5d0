import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { plainWords } from '../../../scripts/lint/plain-words.mjs';

const parser = tseslint.parser as Linter.Parser; // both describe the same parser, in types of their own

function messagesOf(code: string, filename = 'src/engine/decide.ts'): string[] {
  const config: Linter.Config[] = [{ files: ['**/*.ts'], languageOptions: { parser } }, plainWords];
  return new Linter().verify(code, config, filename).map(({ message }) => message);
}

describe('the lint of plain words', () => {
  it.each([
    ['a block comment', '/** Told whoever asks. */\nexport const a = 1;', 'whoever'],
    ['a line comment', 'export const a = 1; // waits so many ms', 'so many'],
    ['two lines of a comment', '/**\n * Requests in\n * hand.\n */\nexport const a = 1;', 'in hand'],
    ['the docstring of a factory', '/** Makes what reads a body. */\nexport const a = 1;', 'Makes what'],
  ])('a refused phrase in %s is reported', (_where, code, phrase) => {
    expect(messagesOf(code)).toEqual([`Write "${phrase}" in plain English: a subject, a verb, an object and the standard term.`]);
  });

  it('plain comments, and the same words in code, are not reported', () => {
    expect(messagesOf('/** Creates the cache of callers. */\nexport const phrase = \'whoever\';')).toEqual([]);
  });

  it('a file outside the listed folders is not checked', () => {
    expect(messagesOf('// whoever asks\n', 'test/other/other.test.ts')).toEqual([]);
  });
});
