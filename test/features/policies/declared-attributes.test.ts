import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

const { superadmin } = await startGatehouse({ attributes: ['level'] });

/** The errors of a new role and a new group with a policy that compares these two sides. */
async function errorsOf(left: string, right: object | string) {
  const condition = { type: 'attribute', left, operator: 'eq', right };
  const policies = [{ effect: 'allow', actions: ['read'], resources: ['items'], conditions: [condition] }];
  const name = `n${Math.random().toString(36).slice(2)}`;
  const role = await superadmin.send('POST', '/roles/create', { body: { roleId: name, type: name, rights: [], policies } });
  const group = await superadmin.send('POST', '/groups/create', { body: { groupName: name, roles: [], policies } });
  const [ofRole, ofGroup] = [role, group].map(({ body }) => (body as { errors?: { field: string; message: string }[] }).errors ?? []);
  expect(ofGroup).toEqual(ofRole);
  return ofRole?.map(({ field, message }) => `${field}: ${message}`);
}

describe('a condition on subject.attributes.NAME', () => {
  it.each([
    ['a declared name', 'subject.attributes.level', { value: 2 }, []],
    ['department, which needs no declaration', 'subject.department', { value: 'Sales' }, []],
    ['attributes of a resource, of any name', 'resource.attributes.colour', { value: 'red' }, []],
    ['another name', 'subject.attributes.size', { value: 2 }, ['left: subject.attributes.size is no declared attribute']],
    ['another name on the right', 'resource.size', 'subject.attributes.size', ['right: subject.attributes.size is no declared attribute']],
    ['no name', 'subject.attributes', { value: 2 }, ['left: subject.attributes is no declared attribute']],
    ['a part of a value', 'subject.attributes.level.a', { value: 2 }, ['left: subject.attributes.level.a is no declared attribute']],
  ])('%s, is taken where it is declared', async (_what, left, right, faults) => {
    expect(await errorsOf(left, right)).toEqual(faults.map((fault) => `body.policies[0].conditions[0].${fault}`));
  });
});
