import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { limits } from '../../../scripts/lint/limits.mjs';
import { root } from '../../../scripts/lint/root.mjs';

const parser = tseslint.parser as Linter.Parser; // both describe the same parser, in types of their own

function rulesBroken(code: string, filename: string): (string | null)[] {
  const config: Linter.Config[] = [{ files: ['**/*.ts'], languageOptions: { parser } }, ...limits, root];
  return new Linter().verify(code, config, filename).map(({ ruleId }) => ruleId);
}

const lines = (count: number) => 'one();\n'.repeat(count);
const longFunction = (count: number) => `function one() {\n// why\n\n${lines(count - 2)}}`;
const longLine = `one('${'x'.repeat(140)}');`;

describe('the limits of lint', () => {
  it.each([
    ['a file of 301 lines', lines(301).trim(), 'src/engine/decide.ts', 'max-lines'],
    ['a line of 147 characters', longLine, 'test/engine/decide.test.ts', 'max-len'],
    ['a function of 81 lines', longFunction(81), 'src/engine/decide.ts', 'max-lines-per-function'],
  ])('%s, is reported', (_what, code, filename, rule) => {
    expect(rulesBroken(code, filename)).toEqual([rule]);
  });

  it.each([
    ['a file of 300 lines', lines(300).trim(), 'src/engine/decide.ts'],
    ['a line of 140 characters', `one('${'x'.repeat(140 - "one('');".length)}');`, 'test/engine/decide.test.ts'],
    ['a function of 80 lines beside blank lines and comments', longFunction(80), 'scripts/start.ts'],
    ['a long list of routes', longFunction(81), 'src/features/roles/role.routes.ts'],
    ['a long function of a test', longFunction(81), 'test/engine/decide.test.ts'],
  ])('%s, is not reported', (_what, code, filename) => {
    expect(rulesBroken(code, filename)).toEqual([]);
  });
});

describe('the lint of src/gatehouse.ts', () => {
  const file = 'src/gatehouse.ts';

  it.each([
    ['131 lines', lines(131).trim(), 'max-lines'],
    ['an await', 'async function one() { await two(); }', 'no-restricted-syntax'],
    ['a query', 'users.find({});', 'no-restricted-syntax'],
    ['a query by a longer name', 'stores.users.findAndUpdate({});', 'no-restricted-syntax'],
    ['a deletion', 'users?.softDelete(1);', 'no-restricted-syntax'],
  ])('%s, is reported', (_what, code, rule) => {
    expect(rulesBroken(code, file)).toEqual([rule]);
  });

  it('a part that is created, and the same calls in another file, are not reported', () => {
    expect(rulesBroken('const users = createUsersModule({ stores, read: stores.users.read });', file)).toEqual([]);
    expect(rulesBroken('async function one() { await users.find({}); }', 'src/boot/boot.ts')).toEqual([]);
  });
});
