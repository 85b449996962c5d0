import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchool } from '../../examples/school/school.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { testSettings } from '../support/test-settings.ts';
import { createCaller } from './caller.ts';
import type { Caller } from './caller.ts';

const password = 'a long enough password';

describe('the school', () => {
  const closers: (() => Promise<unknown>)[] = [];
  let school: ReturnType<typeof createSchool>;
  let wanderer: Caller;
  const callers: Record<string, Caller> = {};

  beforeAll(async () => {
    const { connection, drop } = await createDatabase();
    const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });
    school = createSchool({ connection, settings });
    await school.gatehouse.init(school.app);
    const server = createServer(school.app);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)), school.gatehouse.close, drop);
    wanderer = createCaller(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const superadmin = await wanderer.logIn('root@example.com', password);
    callers['superadmin'] = superadmin;
    for (const type of ['student', 'teacher', 'head']) {
      const email = `${type}@example.com`;
      await superadmin.send('POST /admin/create-user', { email, password }, 201);
      await superadmin.send('POST /roles/assign', { email, type, mode: 'add' }, 200);
      callers[type] = await wanderer.logIn(email, password);
    }
  });
  afterAll(async () => {
    for (const close of closers) await close();
  });

  const as = (type: string): Caller => callers[type] ?? wanderer;

  it('census, the app as it is, finds nothing', () => {
    expect(school.gatehouse.census(school.app)).toEqual([]);
  });

  it.each([
    ['POST /student/add-student', { wanderer: 401, student: 403, teacher: 201, head: 201, superadmin: 201 }],
    ['GET /student/load-student', { wanderer: 401, student: 403, teacher: 200, head: 200, superadmin: 200 }],
    ['DELETE /student/delete-student?id=none', { wanderer: 401, student: 403, teacher: 403, head: 404, superadmin: 404 }],
    ['POST /teacher/add-teacher', { wanderer: 401, student: 403, teacher: 403, head: 201, superadmin: 201 }],
    ['GET /teacher/load-teacher', { wanderer: 401, student: 403, teacher: 200, head: 200, superadmin: 200 }],
    ['GET /test/view-test', { wanderer: 401, student: 200, teacher: 200, head: 200, superadmin: 200 }],
    ['POST /test/submit-test', { wanderer: 401, student: 200, teacher: 403, head: 403, superadmin: 200 }],
    ['GET /student/test-result', { wanderer: 401, student: 200, teacher: 404, head: 404, superadmin: 200 }],
    ['PUT /student/test-result', { wanderer: 401, student: 403, teacher: 404, head: 404, superadmin: 404 }],
    ['PUT /profile/update-social-links', { wanderer: 401, student: 200, teacher: 200, head: 200, superadmin: 200 }],
    ['GET /admin/load-users', { wanderer: 401, student: 403, teacher: 403, head: 200, superadmin: 200 }],
    ['POST /test/set-test-password', { wanderer: 401, student: 403, teacher: 403, head: 204, superadmin: 204 }],
  ])('%s, each role in turn, answers as its rights say', async (target, expected) => {
    const answers: Record<string, number> = {};
    for (const type of Object.keys(expected)) answers[type] = (await as(type).send(target)).status;
    expect(answers).toEqual(expected);
  });

  it('gate, a teacher asks for the one method of a URL that students hold, names what is missing', async () => {
    const { body } = await as('student').send('PUT /student/test-result', { id: 'anybody', mark: 'A' }, 403);
    expect(body)
      .toMatchObject({ statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', required: 'PUT /student/test-result' });
  });

  it('a change of what teachers may, previewed and then made, takes and gives what the preview said', async () => {
    const change = { type: 'teacher', add: ['/test/set-test-password'], remove: ['/student/edit-student'] };
    const holdings = async () => {
      const { body: users } = await as('superadmin').send('GET /admin/load-users', undefined, 200);
      const { body: all } = await as('superadmin').send('GET /roles/get-rights', undefined, 200);
      const methodsOf = new Map((all as { rights: { url: string; methods: string[] }[] }).rights.map(({ url, methods }) => [url, methods]));
      const held: string[] = [];
      for (const { userId } of (users as { items: { userId: string }[] }).items) {
        const { body } = await as('superadmin').send(`GET /permissions/what-can?userId=${userId}`, undefined, 200);
        const { rights } = body as { rights: { url: string; methods?: string[] }[] };
        for (const { url, methods = methodsOf.get(url) ?? [] } of rights) {
          held.push(...methods.map((method) => `${userId} ${method} ${url}`));
        }
      }
      return held;
    };
    const before = await holdings();
    const { body } = await as('superadmin').send('POST /roles/preview', { method: 'PUT', url: '/roles/update-rights', body: change }, 200);
    interface Rights { readonly right: string }
    const { items, ...rest } = body as { items: { userId: string; gained: readonly Rights[]; lost: readonly Rights[] }[] };
    expect(await holdings()).toEqual(before);
    expect((await as('teacher').send('POST /test/set-test-password')).status).toBe(403);

    await as('superadmin').send('PUT /roles/update-rights', change, 200);
    const after = await holdings();
    const textsOf = (side: 'gained' | 'lost') => items.flatMap(
      ({ userId, [side]: things }) => things.map(({ right }) => `${userId} ${right}`),
    ).sort();
    expect(textsOf('gained')).toEqual(after.filter((each) => !before.includes(each)).sort());
    expect(textsOf('lost')).toEqual(before.filter((each) => !after.includes(each)).sort());
    // The head has both anyway: the one by itself, the other as a teacher.
    expect([textsOf('gained').length, textsOf('lost').length]).toEqual([1, 2]);
    expect(rest).toEqual({ users: 2, nextCursor: null, summary: [
      { right: 'POST /test/set-test-password', gained: 1, lost: 0 }, { right: 'PUT /student/edit-student', gained: 0, lost: 2 },
    ] });
    expect((await as('teacher').send('POST /test/set-test-password')).status).toBe(204);

    await as('superadmin').send('PUT /roles/update-rights', { type: 'teacher', add: change.remove, remove: change.add }, 200);
  });

  it('routes, a student takes the test and is marked, keep what each of them sent', async () => {
    await as('head').send('POST /test/set-test-password', { password: 'open sesame' }, 204);
    await as('student').send('POST /test/submit-test', { answers: ['Lima', '8'] }, 409);
    const { body } = await as('student').send('POST /test/submit-test', { password: 'open sesame', answers: ['Lima', '8'] }, 200);
    const { id } = body as { id: string };
    await as('teacher').send('PUT /student/test-result', { id, mark: 'A' }, 200);
    expect((await as('student').send('GET /student/test-result')).body).toEqual({ id, answers: ['Lima', '8'], mark: 'A' });
  });

  it('routes, a student is added, edited and deleted, load-student shows each step', async () => {
    const { body } = await as('teacher').send('POST /student/add-student', { name: 'Ann' }, 201);
    const { id } = body as { id: string };
    await as('teacher').send('PUT /student/edit-student', { id, name: 'Anna' }, 200);
    const { body: list } = await as('teacher').send('GET /student/load-student');
    expect(list).toMatchObject({ items: expect.arrayContaining([{ id, name: 'Anna' }]) as unknown });
    await as('head').send(`DELETE /student/delete-student?id=${id}`, undefined, 204);
    await as('teacher').send('PUT /student/edit-student', { id, name: 'Ann' }, 404);
  });

  it('profile, a picture is uploaded, keeps it beside the other fields', async () => {
    await as('student').send('PUT /profile/update-social-links', { homepage: 'https://example.com' }, 200);
    const { body } = await as('student').send('PUT /profile/upload-pic', 'picture', 200, 'image/png');
    expect(body).toMatchObject({ homepage: 'https://example.com', pic: Buffer.from('picture').toString('base64') });
  });

  it('error handler, a picture over the limit of its route, answers a problem', async () => {
    const { type, body } = await as('student').send('PUT /profile/upload-pic', 'x'.repeat(1_100_000), 413, 'image/png');
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'body-too-large', status: 413 });
  });

  it('error handler, a body that is no JSON, answers a problem to those who may send one and 401 to others', async () => {
    const { type, body } = await as('teacher').send('POST /student/add-student', '{"name":', 400);
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'malformed-body', status: 400 });
    await wanderer.send('POST /student/add-student', '{"name":', 401);
  });
});
