import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createProjects } from '../../examples/projects/app.ts';
import { buttonsOf } from '../../examples/projects/screen.ts';
import type { Held } from '../../examples/projects/screen.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { testSettings } from '../support/test-settings.ts';
import { createCaller } from './caller.ts';
import type { Caller } from './caller.ts';

const password = 'a long enough password';

interface Shown { readonly id: string; readonly name: string; readonly restricted: boolean }

describe('the projects', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let origin: string;
  let app: ReturnType<typeof createProjects>;
  const callers: Record<string, Caller> = {};
  const userIds: Record<string, string> = {};
  const projects: Record<string, string> = {};
  const as = (name: string): Caller => callers[name] ?? createCaller(origin);

  beforeAll(async () => {
    const { connection, drop } = await createDatabase();
    const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });
    app = createProjects({ connection, settings });
    await app.gatehouse.init(app.app);
    const server = createServer(app.app);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)), app.gatehouse.close, drop);
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const superadmin = await createCaller(origin).logIn('root@example.com', password);
    callers['superadmin'] = superadmin;
    for (const [name, type] of [
      ['ada', 'admin'], ['amy', 'admin'], ['carol', 'contributor'], ['cyril', 'contributor'], ['greg', undefined],
    ] as const) {
      const email = `${name}@example.com`;
      const { body } = await superadmin.send('POST /admin/create-user', { email, password }, 201);
      userIds[name] = (body as { userId: string }).userId;
      if (type) await superadmin.send('POST /roles/assign', { email, type, mode: 'add' }, 200);
      callers[name] = await createCaller(origin).logIn(email, password);
    }
    for (const [name, restricted] of [['Apollo', false], ['Gemini', false], ['Mercury', true]] as const) {
      const { body } = await as('ada').send('POST /projects', { name, restricted }, 201);
      projects[name] = (body as Shown).id;
    }
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  const path = (name: string) => `/projects/${projects[name] ?? 'none'}`;
  const listOf = async (name: string) => ((await as(name).send('GET /projects', undefined, 200)).body as { items: Shown[] }).items;
  const namesOf = async (name: string) => (await listOf(name)).map((project) => project.name);
  const addMember = (by: string, name: string, project: string, expected = 201) =>
    as(by).send(
      'POST /memberships/add', { userId: userIds[name], resource: `projects/${projects[project] ?? ''}`, type: 'member' }, expected,
    );
  const removeMember = (by: string, name: string, project: string) =>
    as(by).send(
      `DELETE /memberships/remove?userId=${userIds[name] ?? ''}&resource=projects/${projects[project] ?? ''}&type=member`, undefined, 204,
    );
  const buttons = async (name: string) => buttonsOf(
    (await as(name).send('GET /permissions', undefined, 200)).body as Held, await listOf(name),
  );

  it('census, the app as it is, finds nothing', () => {
    expect(app.gatehouse.census(app.app)).toEqual([]);
  });

  it('the story of three projects', async () => {
    // Nobody is a member of anything yet. Admins see everything but what is restricted, even of their own making.
    expect([await namesOf('ada'), await namesOf('superadmin'), await namesOf('carol'), await namesOf('greg')])
      .toEqual([['Apollo', 'Gemini'], ['Apollo', 'Gemini'], [], []]);
    for (const name of ['ada', 'superadmin', 'carol', 'greg']) {
      expect((await as(name).send(`GET ${path('Mercury')}`)).body)
        .toEqual((await as(name).send('GET /projects/64f000000000000000000000', undefined, 404)).body);
    }

    // Members: Carol of two projects, one of them restricted, Greg of one.
    await addMember('ada', 'carol', 'Apollo');
    await addMember('ada', 'carol', 'Mercury');
    await addMember('ada', 'greg', 'Apollo');
    expect([await namesOf('carol'), await namesOf('greg'), await namesOf('cyril')]).toEqual([['Apollo', 'Mercury'], ['Apollo'], []]);

    // A contributor edits them, and nothing else; a guest reads.
    expect((await as('carol').send(`PUT ${path('Mercury')}`, { notes: 'Seven seats.' }, 200)).body)
      .toMatchObject({ name: 'Mercury', notes: 'Seven seats.', restricted: true });
    await as('carol').send(`PUT ${path('Gemini')}`, { notes: 'x' }, 404);
    expect((await as('greg').send(`PUT ${path('Apollo')}`, { notes: 'x' }, 403)).body)
      .toMatchObject({ code: 'right-missing', message: 'Forbidden resource', required: 'PUT /projects/:projectId' });
    expect((await as('greg').send(`GET ${path('Apollo')}`, undefined, 200)).body).toMatchObject({ notes: '' });
    expect((await as('carol').send('POST /projects', { name: 'x' }, 403)).body).toMatchObject({ required: 'POST /projects' });
    await as('carol').send('POST /profile/change-username', { username: 'carol' }, 200);
    await as('greg').send('POST /profile/change-username', { username: 'greg' }, 403);

    // The restricted one stays hidden from admins, whatever they try; the others are theirs.
    for (const name of ['amy', 'superadmin']) {
      await as(name).send(`GET ${path('Mercury')}`, undefined, 404);
      await as(name).send(`PUT ${path('Mercury')}`, { notes: 'x' }, 404);
      await as(name).send(`DELETE ${path('Mercury')}`, undefined, 404);
    }
    await as('amy').send(`PUT ${path('Gemini')}`, { notes: 'Two seats.' }, 200);

    // As a member, an admin sees it too; no longer one, no more: with the same token.
    await addMember('superadmin', 'amy', 'Mercury');
    expect(await namesOf('amy')).toEqual(['Apollo', 'Gemini', 'Mercury']);
    await removeMember('superadmin', 'amy', 'Mercury');
    expect(await namesOf('amy')).toEqual(['Apollo', 'Gemini']);
    await removeMember('ada', 'carol', 'Mercury');
    expect(await namesOf('carol')).toEqual(['Apollo']);
    await as('carol').send(`PUT ${path('Mercury')}`, { notes: 'x' }, 404);
  }, 60_000);

  it('the screen, shows each what they may do', async () => {
    await addMember('ada', 'cyril', 'Gemini');
    await addMember('ada', 'greg', 'Gemini');
    const [apollo, gemini] = [projects['Apollo'], projects['Gemini']];
    expect(await buttons('cyril')).toEqual({ newProject: false, changeUsername: true, members: false, edit: [gemini], remove: [] });
    expect(await buttons('greg')).toEqual({ newProject: false, changeUsername: false, members: false, edit: [], remove: [] });
    expect(await buttons('amy'))
      .toEqual({ newProject: true, changeUsername: true, members: true, edit: [apollo, gemini], remove: [apollo, gemini] });
    expect(await buttons('superadmin'))
      .toEqual({ newProject: true, changeUsername: true, members: true, edit: [apollo, gemini], remove: [apollo, gemini] });
  });

  it('the screen, is told in one word that nothing changed, until a membership ends', async () => {
    const { body } = await createCaller(origin).send('POST /users/login', { email: 'cyril@example.com', password }, 200);
    const authorization = `Authorization: Bearer ${(body as { access_token: string }).access_token}`;
    await addMember('ada', 'cyril', 'Apollo');
    const etag = (await fetch(
      `${origin}/permissions`, { headers: { Authorization: authorization.slice('Authorization: '.length) } },
    )).headers.get('etag') ?? '';
    // As a browser's cache asks; fetch itself would add a Cache-Control that wants the whole answer.
    const poll = async () => (await rawRequest(origin, 'GET /permissions HTTP/1.1', [authorization, `If-None-Match: ${etag}`])).status;
    expect([await poll(), await poll()]).toEqual([304, 304]);
    await removeMember('ada', 'cyril', 'Apollo');
    expect(await poll()).toBe(200);
  });

  it('who is no admin, makes nobody a member', async () => {
    expect((await addMember('carol', 'carol', 'Mercury', 403)).body).toMatchObject({ code: 'right-missing' });
  });

  it('input that is no project, is refused and stored nowhere', async () => {
    for (const body of [{}, { name: { $gt: '' } }, { name: 'x', restricted: 'yes' }, { name: 'x', notes: [] }]) {
      expect((await as('ada').send('POST /projects', body, 422)).body).toMatchObject({ code: 'invalid-input' });
    }
    for (const id of ['none', '%7B%7D', '7']) await as('ada').send(`GET /projects/${id}`, undefined, 404);
    expect(await namesOf('ada')).toEqual(['Apollo', 'Gemini']);
  });
});
