import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createModels } from '../../src/boot/stores.ts';

/** The names of all functions of src that create a model whose schema has the plugin, or not. */
function modelsOfSource(hasTenantScope: boolean): string[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const texts = files.map((path) => readFileSync(join('src', path), 'utf8')).filter(
    (text) => text.includes('schema.plugin(tenantScope)') === hasTenantScope,
  );
  return texts.flatMap((text) => [...text.matchAll(/export function (create\w+Model)\(/g)].map(([, name = '']) => name));
}

/** The names of the functions that createModels uses, in its order. */
function madeModels(): string[] {
  const made: string[] = [];
  const note = (make: { readonly name: string }): never => {
    made.push(make.name);
    return undefined as never; // no model is read
  };
  createModels({ shared: note, perTenant: note });
  return made;
}

describe('the models of a Gatehouse', () => {
  it.each([
    ['with rows of tenants', true], ['of the platform', false],
  ])('%s, are all made by the database, which removes and moves them with their tenant', (_name, hasTenantScope) => {
    const expected = modelsOfSource(hasTenantScope);
    expect(expected.length).toBeGreaterThan(4);
    expect(madeModels()).toEqual(expect.arrayContaining(expected));
  });

  it('of the audit trail, is the last, so that it is removed last', () => {
    expect(madeModels().at(-1)).toBe('createAuditModel');
  });
});
