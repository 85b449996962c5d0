import { codeOf, itemsOf } from '../../../support/answers.ts';
import type { Answer } from '../../../support/client/client.ts';
import type { AnswerAt, BodyAt } from '../../../support/client/routes.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';

type UserPage = AnswerAt<'GET', '/admin/load-users', 200>;

let now = Date.now();
const server = await startGatehouse({ clock: () => now });
/** In ms. The session of the superadmin outlives it. */
const pause = 10 * 60 * 1_000;

describe('GET /admin/load-users', () => {
  const list = async (query: string) => itemsOf(await server.superadmin.get(`/admin/load-users?${query}`, 200));
  const idsOf = async (query: string) => (await list(query)).map(({ userId }) => userId);
  const find = (text: string, rest = '') => idsOf(`search=${encodeURIComponent(text)}${rest}`);
  const create = async (body: BodyAt<'POST', '/admin/create-user'>) => (
    (await server.superadmin.post('/admin/create-user', body, 201)).body.userId);

  it('search, beginnings of words of address, username and names, in any letters and any order', async () => {
    const jose = await create({ email: 'j.santos@firma.example', username: 'goalkeeper', firstName: 'José', lastName: 'Conceição Silva' });
    const josef = await create({ email: 'josef@firma.example', firstName: 'Josef' });
    for (const text of ['jos', 'JOSÉ', 'firma']) expect((await find(text)).sort()).toEqual([jose, josef].sort());
    for (const text of ['conceicao', 'SILVA josé', 'goal', 'j.santos@firma.ex', 's silv']) expect(await find(text)).toEqual([jose]);
    for (const text of ['keeper', 'ose', 'goal josef', 'jos nobody']) expect(await find(text)).toEqual([]);
  });

  it('search, after a change of names and of the address, by the new words alone; of a deleted user, nothing', async () => {
    const userId = await create({ email: 'before@words.example', username: 'oldname' });
    await server.superadmin.put(`/admin/update-user/${userId}`, { username: 'newname' }, 200);
    expect([await find('oldname'), await find('newname'), await find('before')]).toEqual([[], [userId], [userId]]);
    await server.superadmin.put(`/admin/update-user/${userId}`, { email: 'after@words.example' }, 200);
    expect([await find('before'), await find('after'), await find('newname')]).toEqual([[], [userId], [userId]]);
    await server.superadmin.delete(`/admin/delete-user/${userId}`, 204);
    expect(await find('newname')).toEqual([]);
    expect(await server.stores.users.countDocuments({ tenantId: 'default', searchWords: 'NEWNAME' })).toBe(0);
  });

  it('search, the superadmin of the settings, found by the address', async () => {
    const [found] = await list('search=root@example');
    expect(found).toMatchObject({ roles: ['superadmin'] });
  });

  it('search, a user of another tenant with the same words, not found', async () => {
    const tenant = await server.newTenant();
    const { email } = tenant.admin;
    expect(await find(email)).toEqual([]);
    expect(await find(email, `&tenant=${tenant.name}`)).toHaveLength(1);
  });

  it.each(['search=a', 'search=', 'search=--', 'sort=roles', 'sort=', 'verified=yes', 'lastLoginBefore=yesterday', 'search=ab&search=cd'])(
    '%s, refused with invalid-input', async (query) => {
      expect(codeOf(await server.superadmin.get(`/admin/load-users?${query}`, 422))).toBe('invalid-input');
    },
  );

  it('verified, users with and without a confirmed address', async () => {
    const [yes, no] = [await create({ email: 'yes@verified.example' }), await create({ email: 'no@verified.example' })];
    await server.stores.users.updateOne({ tenantId: 'default', _id: yes }, { $set: { emailVerified: true } });
    expect([await find('verified', '&verified=true'), await find('verified', '&verified=false')]).toEqual([[yes], [no]]);
  });

  it('lastLoginBefore, users without a login since then, with lastLoginAt unless they have never logged in', async () => {
    const marked = async (name: string) => {
      const user = await server.newUserByApi();
      await server.superadmin.put(`/admin/update-user/${user.userId}`, { firstName: name }, 200);
      return user;
    };
    const old = await marked('Dormant');
    const began = now;
    now += 2 * pause;
    const fresh = await marked('Dormant');
    const never = await create({ email: 'never@dormant.example' });
    const since = new Date(began + pause).toISOString();
    const query = `search=dormant&lastLoginBefore=${since}`;
    expect(await idsOf(`${query}&sort=lastLoginAt`)).toEqual([never, old.userId]);
    expect(await idsOf('search=dormant&sort=-lastLoginAt')).toEqual([fresh.userId, old.userId, never]);
    const times = (await list('search=dormant&sort=lastLoginAt')).map(({ lastLoginAt }) => lastLoginAt);
    expect(times).toEqual([undefined, new Date(began).toISOString(), new Date(now).toISOString()]);
  });

  it('sort, in pages of every size, every user once and in order, also among equal and missing values', async () => {
    const ids = await Promise.all(Array.from({ length: 9 }, (_, index) => create({ email: `u${(index * 7) % 10}@paged.example` })));
    for (const [index, _id] of ids.entries()) {
      if (index % 3 > 0) await server.stores.users.updateOne({ tenantId: 'default', _id }, { $set: {
        lastLoginAt: new Date(now - (index % 2) * pause),
      } });
    }
    for (const sort of ['createdAt', 'email', 'lastLoginAt'] as const) {
      const ascending = await idsOf(`search=paged&sort=${sort}`);
      expect([...ascending].sort()).toEqual([...ids].sort());
      const values = (await list(`search=paged&sort=${sort}`)).map((user) => user[sort] ?? '');
      expect(values).toEqual([...values].sort());
      expect(await idsOf(`search=paged&sort=-${sort}`)).toEqual([...ascending].reverse());
      for (const limit of [2, 8]) for (const order of [sort, `-${sort}`]) {
        const seen: string[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const query: string = `search=paged&sort=${order}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
          const { body }: Answer<UserPage> = await server.superadmin.get(`/admin/load-users?${query}`, 200);
          expect(body.total).toBe(9);
          seen.push(...body.items.map(({ userId }) => userId));
          cursor = body.nextCursor;
        }
        expect([order, seen]).toEqual([order, order === sort ? ascending : [...ascending].reverse()]);
      }
    }
  });

  it('cursor, of another order, search or filter, or made up, refused', async () => {
    for (let index = 0; index < 2; index += 1) await create({ email: `c${index}@cursor.example` });
    const first = (await server.superadmin.get('/admin/load-users?search=cursor&sort=lastLoginAt&limit=1', 200)).body;
    const at = (query: string) => server.superadmin.get(`/admin/load-users?${query}`);
    for (const query of ['search=cursor&sort=email', 'search=cursors&sort=lastLoginAt', 'search=cursor&sort=lastLoginAt&verified=false']) {
      expect(codeOf(await at(`${query}&cursor=${first.nextCursor}`))).toBe('invalid-input');
    }
    const digest = Buffer.from(first.nextCursor ?? '', 'base64url').toString().slice(0, 12);
    for (const position of ['', '1', '[]', '[1,"u",3]', '[-1,"u",null]', '[1,"u","no time"]', '[1,{"$gt":""},null]']) {
      const cursor = Buffer.from(digest + position).toString('base64url');
      const answer = await at(`search=cursor&sort=lastLoginAt&cursor=${cursor}`);
      expect([position, answer.status]).toEqual([position, 422]);
    }
    expect((await at(`search=CURSÖR&sort=lastLoginAt&cursor=${first.nextCursor}`)).status).toBe(200);
  });
});
