import type { z } from 'zod';
import { attributeMappingShape, provisioningShape, roleMappingShape } from '../../../src/features/identities/mapping.shape.ts';
import { fromZod } from '../../../src/http/input/fields.ts';
import { createReader } from '../../../src/http/input/validate-fields.ts';

describe('shapes of mappings', () => {
  it.each([
    [attributeMappingShape, {
      'groups': '/realm_access/roles', 'email': { from: ['mail', 'email'], lower: true }, 'attributes.cost-centre': 'cc',
    }],
    [roleMappingShape, [
      { group: 'engineering', role: 'a' }, { group: 'eng-*', role: 'a' }, { group: '*-eng', role: 'a' }, { group: '*', role: 'a' },
      { from: 'attributes.x', equals: '7', role: 'a' },
    ]],
    [provisioningShape, { create: true, linkByEmail: 'verified-domain', defaultRole: 'user', unmatched: 'refuse' }],
  ])('a valid one, is kept as it is', (shape, value) => {
    expect(shape.parse(value)).toEqual(value);
  });

  it.each([
    [attributeMappingShape, [
      { password: 'x' }, { attributes: 'x' }, { 'attributes.': 'x' }, { 'attributes.a.b': 'x' }, { 'attributes.__proto__': 'x' },
      { email: '' },
      { email: '/a~2' }, { email: { from: [] } }, { email: { from: 'x', match: '.*' } },
      Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`attributes.a${index}`, 'x'])), 'email',
    ]],
    [roleMappingShape, [
      [{ group: 'a*b', role: 'x' }], [{ group: '*a*', role: 'x' }], [{ group: '', role: 'x' }], [{ group: 'a' }],
      [{ from: 'email', equals: 'a', role: 'x' }],
      [{ group: 'a', role: 'x', from: 'roles' }], Array.from({ length: 501 }, () => ({ group: 'a', role: 'x' })),
    ]],
    [provisioningShape, [{ linkByEmail: true }, { create: 'yes' }, { unmatched: 'all' }, { other: 1 }]],
  ])('invalid ones, are refused', (shape, values: readonly unknown[]) => {
    for (const value of values) expect([value, shape.safeParse(value).success]).toEqual([value, false]);
  });

  it.each([
    [attributeMappingShape, 5, ['.it must be an object']],
    [attributeMappingShape, { other: 'x' }, ['.it.other must be one of subject, email']],
    [attributeMappingShape, { email: 5 }, ['.it.email must be the name of a claim, a JSON Pointer that begins with /, or an object']],
    [attributeMappingShape, { email: { from: {}, take: -1 } }, [
      '.it.email.from must be a source, or a list of sources', '.it.email.take must be a whole number from 0 to 99',
    ]],
    [attributeMappingShape, { groups: { from: 'a', cn: 1, other: 2 } }, [
      '.it.groups.cn must be true or false', '.it.groups.other is an unknown field',
    ]],
    [roleMappingShape, [{ group: 'a*b', role: 'x' }, { group: 'a', role: '' }], [
      '.it[0].group may have one * at its beginning or at its end', '.it[1].role must be the roleId of a role',
    ]],
    [roleMappingShape, [{ from: 'email', equals: 'a', role: 'x' }], ['.it[0].from must be roles, department or attributes.NAME']],
    [roleMappingShape, ['x'], ['.it[0] must have group and role, or from, equals and role']],
    [provisioningShape, { create: 'yes', unmatched: 'all' }, [
      '.it.create must be true or false', '.it.unmatched must be default or refuse',
    ]],
  ] as [z.ZodType, unknown, string[]][])('a refused one, names each faulty field in plain words', async (shape, value, expected) => {
    const outcome = await createReader({ it: fromZod(shape) }, 'json')({ it: value });
    const found = outcome.ok ? [] : outcome.faults.map(({ at, message }) => `${at} ${message}`);
    expect(found).toEqual(expected.map((text) => expect.stringContaining(text) as string));
  });

  it('the name __proto__, maps nothing', () => {
    expect(attributeMappingShape.parse(JSON.parse('{"__proto__":"x","email":"mail"}'))).toEqual({ email: 'mail' });
  });
});
