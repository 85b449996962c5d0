import { createGatehouse } from '../../../src/gatehouse.ts';
import type { GatehouseDeps } from '../../../src/gatehouse.types.ts';
import { createUnconnected } from '../../../src/platform/database/connect.ts';
import { testSettings } from '../../support/test-settings.ts';

const settings = testSettings();
const connection = createUnconnected();
const role = { type: 'teacher', rights: ['/classes/load'] };
const urls = { auth: { '/classes/': ['load', { name: 'edit', methods: ['PUT'] }] } };
const permissions = [{ permission: 'read:classes', description: 'Read classes.' }];

/** The lines in which `createGatehouse` names faults; none where it takes the options, whatever their types say. */
function faultsOf(options: object): string[] {
  try {
    void createGatehouse({ connection, settings, ...options }).close(); // the spread hides the types, as JavaScript and JSON have none
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StartError') throw error;
    const [title = '', ...lines] = error.message.split('\n');
    expect(title)
      .toBe(lines.length === 1 ? '1 option of createGatehouse is wrong:' : `${lines.length} options of createGatehouse are wrong:`);
    return lines.map((line) => line.slice(2));
  }
}

const roleFaults = (content: object, besides: object = {}) => faultsOf({ urls, permissions, ...besides, roles: [{ ...role, ...content }] });
const policyFaults = (policy: object) => roleFaults(
  { policies: [{ effect: 'allow', actions: ['read'], resources: ['classes'], ...policy }] },
);
const conditionFaults = (condition: object) => policyFaults({ conditions: [condition] });

describe('the options of createGatehouse', () => {
  it('right, with roles that leave out name, description and parents, are taken', () => {
    expect(faultsOf({ urls, permissions, roles: [
      role, { type: 'head', rights: [], inherits: ['teacher', 'admin'], permissions: ['read:classes'] },
    ], beforeGate: ['cors'] })).toEqual([]);
  });

  it('wrong in many ways, are one error that names each', () => {
    const faults = faultsOf({
      conection: connection, settings: { ...settings, passwordCots: 12, workers: 'two' }, prefix: '7', beforeGate: ['cors', 7], users: {},
      mail: null, clock: 0, logger: console,
      urls: { auth: { 'classes/': ['load'], '/marks/': ['l?ad', { name: 'edit', methods: ['put'] }] }, auht: {} },
      permissions: [{ permission: 'classes', description: 'Read.' }],
      roles: [{ ...role, typ: 'x', inherits: ['usr'], rights: [7] }, { type: 'no spaces', rights: [], isDefault: 'yes' }],
    });
    expect(faults.map((line) => line.split(': ', 1)[0])).toEqual([
      'createGatehouse', 'prefix', 'settings.workers', 'settings', 'urls.auth["classes/"]', 'urls.auth["/marks/"][1].methods[0]', 'urls',
      'roles[0].rights[0]', 'roles[0]', 'roles[1].type', 'roles[1].isDefault', 'beforeGate[1]', 'users', 'mail', 'logger', 'clock',
      'permissions',
    ]);
    expect(faults).toEqual(expect.arrayContaining([
      'createGatehouse: has no "conection": did you mean "connection"?', 'settings: has no "passwordCots": did you mean "passwordCost"?',
      'urls.auth["classes/"]: must begin with /', 'roles[0].rights[0]: must be a URL, or an object with a url',
      'urls: has no "auht": did you mean "auth"?', 'roles[0]: has no "typ": did you mean "type"?',
      'urls.auth["/marks/"][1].methods[0]: must be of GET, POST, PUT, PATCH, DELETE',
    ]));
  });

  it('from JSON, have the faults that they have in JavaScript', () => {
    const options = { urls: { auth: { '/classes/': ['load', 'a b'] } }, roles: [
      { ...role, inherits: ['usr'], rights: ['/classes/lod'], policies: [{ effect: 'Deny' }] },
    ], permissions: [{}] };
    expect(faultsOf(JSON.parse(JSON.stringify(options)) as object)).toEqual(faultsOf(options));
    expect(faultsOf(options).length).toBeGreaterThan(3);
  });

  it('settings that were made by hand, with more tolerance for clocks than 300 s, are refused', () => {
    expect(faultsOf({ settings: { ...settings, clockTolerance: 301 } })).toEqual(['settings.clockTolerance: must be at most 300 s']);
    expect(faultsOf({ settings: { ...settings, clockTolerance: 300 } })).toEqual([]);
  });

  it('none, an environment in the place of settings, are refused by name and not by a TypeError', () => {
    expect(() => createGatehouse(undefined as unknown as GatehouseDeps))
      .toThrow(/connection: must be a Mongoose connection[^]*settings: must be an object/);
    expect(faultsOf({ settings: { PORT: '3000' } })).toEqual(expect.arrayContaining(['settings: has no "PORT": did you mean "port"?']));
  });

  it('attributes of users, are names that are declared once', () => {
    expect(faultsOf({ attributes: ['costCentre', 'cost-centre', '_x'] })).toEqual([]);
    const form = 'must be 1 to 64 letters, digits, _ and -, and begin with a letter or _';
    expect(faultsOf({ attributes: ['a', 'a.b', '7', '__proto__', 'a'.repeat(65), 5, 'a'] })).toEqual([
      `attributes[1]: ${form}`, `attributes[2]: ${form}`, `attributes[3]: ${form}`, `attributes[4]: ${form}`,
      'attributes[5]: must be text', 'attributes[6]: "a" is declared twice',
    ]);
    const condition = { type: 'attribute', left: 'subject.attributes.costCentre', operator: 'eq', right: { value: 7 } };
    const policies = [{ effect: 'allow', actions: ['read'], resources: ['classes'], conditions: [condition] }];
    expect(roleFaults({ policies }, { attributes: ['costCentre'] })).toEqual([]);
    expect(roleFaults({ policies }, { attributes: ['other'] }))
      .toEqual(['roles[0].policies[0].conditions[0].left: subject.attributes.costCentre is no declared attribute']);
  });

  it.each<[string, object, string]>([
    ['an unknown parent', { inherits: ['usr'] }, 'roles[0].inherits[0]: "usr" is not a declared role: did you mean "user"?'],
    ['a parent like none', { inherits: ['headmaster'] }, 'roles[0].inherits[0]: "headmaster" is not a declared role'],
    ['the superadmin as parent', { inherits: ['superadmin'] }, 'roles[0].inherits[0]: is the superadmin, which no role can inherit'],
    ['itself as parent', { inherits: ['teacher'] }, 'roles[0].inherits[0]: "teacher" makes "teacher" inherit itself'],
    ['the type superadmin', {
      type: 'superadmin',
    }, 'roles[0].type: is the role with a right to every registered URL: nothing can be added to it'],
    ['other parents than the built-in role', {
      type: 'user', inherits: ['admin'],
    }, 'roles[0].inherits: is not what the built-in role inherits, [guest]: leave it out'],
    ['another default than the built-in role', {
      type: 'user', isDefault: true,
    }, 'roles[0].isDefault: differs from the built-in role: leave it out'],
    ['a permission that is not declared', {
      permissions: ['raed:classes'],
    }, 'roles[0].permissions[0]: "raed:classes" is not declared in `permissions`: did you mean "read:classes"?'],
    ['a right to an unknown URL', {
      rights: ['/clases/load'],
    }, 'roles[0].rights[0]: /clases/load is not registered: did you mean "/classes/load"?'],
    ['a right with a method before its URL', {
      rights: ['GET /classes/load'],
    }, 'roles[0].rights[0]: GET /classes/load is not registered: name the method apart from the URL, as in '
      + '{ "url": "/classes/load", "methods": ["GET"] }'],
    ['a right to a config URL', {
      rights: ['/roles/assign'],
    }, 'roles[0].rights[0]: /roles/assign is a config URL, which only superadmins may call'],
    ['a right with a method in small letters', {
      rights: [{ url: '/classes/load', methods: ['get'] }],
    }, 'roles[0].rights[0].methods[0]: must be of GET, POST, PUT, PATCH, DELETE'],
    ['a right with no method', {
      rights: [{ url: '/classes/load', methods: [] }],
    }, 'roles[0].rights[0].methods: must name a method, or be left out'],
    ['an empty name', { name: '' }, 'roles[0].name: must not be empty'],
    ['policies that take too long', {
      policies: heavy(),
    }, 'roles[0].policies: are too complex: use fewer or broader policies, or resource names with distinct first parts'],
  ])('a declared role with %s, is refused as a request is', (_situation, content, fault) => {
    const [first, ...others] = roleFaults(content);
    expect([first, others]).toEqual([fault, []]);
  });

  it('roles that inherit each other, or are declared twice, are refused', () => {
    const roles = [{ ...role, inherits: ['head'] }, { type: 'head', rights: [], inherits: ['teacher'] }, { type: 'head', rights: [] }];
    expect(faultsOf({ urls, roles })).toEqual([
      'roles[0].inherits[0]: "head" makes "teacher" inherit itself', 'roles[1].inherits[0]: "teacher" makes "head" inherit itself',
      'roles[2].type: "head" is declared twice',
    ]);
  });

  it.each<[string, string[], string]>([
    ['effect in capitals', policyFaults({ effect: 'Deny' }), '.effect: must be allow or deny'],
    ['action of capitals', policyFaults({ actions: ['read', 'Read'] }), '.actions[1]: must be a word of small letters, digits and dashes'],
    ['method of a URL in small letters', policyFaults(
      { resources: ['/classes/**'], actions: ['get'] },
    ), '.actions[0]: must be a method, or manage: the resources are URLs'],
    ['resource with a glob of another kind', policyFaults({ resources: ['a', 'a*b'] }), '.resources[1]: must be a name such as projects/*'],
    ['field that nobody knows', policyFaults({ action: ['read'] }), '.action: is an unknown field'],
    ['condition of an unknown type', conditionFaults({ type: 'weekday' }), '.conditions[0].type: must be tenant, time, ip or attribute'],
    ['operator that nobody knows', conditionFaults(
      { type: 'attribute', left: 'resource.a', operator: 'equals', right: 'subject.id' },
    ), '.conditions[0].operator: must be of '],
    ['range that is none', conditionFaults(
      { type: 'ip', ranges: ['10.0.0.0/99'] },
    ), '.conditions[0].ranges[0]: must be an IP address or a range'],
  ])('a declared policy with the %s, is refused as a request is', (_situation, faults, fault) => {
    expect(faults).toEqual([expect.stringContaining(`roles[0].policies[0]${fault}`)]);
  });

  it('a policy with several faults, names each', () => {
    expect(policyFaults(
      { effect: 'no', actions: ['A', 'b', 'C'], conditions: [{ type: 'x' }, { type: 'tenant', value: 'a' }, { type: 'y' }] },
    ).map((line) => line.split(': ', 1)[0])).toEqual([
      'roles[0].policies[0].effect', 'roles[0].policies[0].actions[0]', 'roles[0].policies[0].actions[2]',
      'roles[0].policies[0].conditions[0].type', 'roles[0].policies[0].conditions[2].type',
    ]);
  });

  it('an unregistrable URL, is named by its place', () => {
    expect(faultsOf({ urls: { simple: { '/a/': ['b', { name: 'c', permission: 'read:x' }] }, auth: { '/d/': ['*all/e'] } } }).map(
      (line) => line.split(': ', 1)[0],
    ))
      .toEqual(['urls.simple["/a/"][1]', 'urls.auth["/d/"][0]']);
  });
});

/** More than one question may meet. */
function heavy(): object[] {
  const resources = Array.from({ length: 20 }, (_, index) => `**/a/*/b/${index}/**`);
  return Array.from({ length: 100 }, () => ({ effect: 'allow', actions: ['manage'], resources, conditions: [] })).map(
    (policy, index) => ({ ...policy, resources: resources.map((each) => `${each}/${index}`) }),
  );
}
