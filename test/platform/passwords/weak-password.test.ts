import { codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const emoji = Array.from({ length: 64 }, (_, at) => String.fromCodePoint(0x1f600 + (at * 29) % 79)).join('');

describe('new password over HTTP', () => {
  let server: TestGatehouse;
  let years = 0;
  beforeAll(async () => {
    server = await startGatehouse({ clock: () => Date.now() + years * 365 * 24 * 60 * 60 * 1_000 });
  }, 20_000);
  let counter = 0;
  const userWith = (password: string, names: object = {}) => ({ email: `number${(counter += 1)}@example.com`, password, ...names });
  const create = async (password: string) => (await server.superadmin.post('/admin/create-user', userWith(password), 201)).body;
  const refuse = (password: string, names?: object) => server.superadmin.post('/admin/create-user', userWith(password, names), 422);

  it.each([
    ['equal to another in the first 72 bytes', `${'tr4verse-lemon-quilt '.repeat(4).slice(
      0, 72,
    )}a`, `${'tr4verse-lemon-quilt '.repeat(4).slice(0, 72)}b`],
    ['of 64 emoji', emoji, `${emoji.slice(0, -2)}\u{1f43a}`],
    ['with a NUL inside', 'twelve chars\0and more', 'twelve chars'],
    ['of 256 characters', 'my cat ate 3 blue buttons!'.repeat(10).slice(0, 256), 'my cat ate 3 blue buttons!'.repeat(10).slice(0, 255)],
  ])('password %s, is taken, and only that very one logs in', async (_, password, other) => {
    const { email = '' } = await create(password);
    await server.anonymous.logIn(email, password);
    expect(codeOf(await server.anonymous.post('/users/login', { email, password: other }, 401))).toBe('invalid-credentials');
  });

  it('password of 257 characters, is refused as new, and matches nobody\'s at login', async () => {
    const longest = 'my cat ate 3 blue buttons!'.repeat(10).slice(0, 256);
    const { email = '' } = await create(longest);
    expect(codeOf(await refuse(`${longest}!`))).toBe('weak-password');
    expect(codeOf(await server.anonymous.post('/users/login', { email, password: `${longest}!` }, 401))).toBe('invalid-credentials');
  });

  it.each([
    ['common', 'Password1234', {}],
    ['short', 'x7#kP2q!vvL', {}],
    ['made of names', 'Brontekh.Xulqira.7', { firstName: 'Xulqira', lastName: 'Brontekh' }],
    ['made of the username', 'xq_brontekh 2026!', { username: 'xq_brontekh' }],
    ['made of the product', 'G4tehouse-G4tehouse', {}],
    ['made of the host', '127.0.0.1:gatehouse', {}],
  ])('password that is %s, is refused with what to do, and not sent back', async (_, password, names) => {
    const refused = await refuse(password, names);
    expect(codeOf(refused)).toBe('weak-password');
    expect(refused.body.detail).toMatch(/12 to 256 characters of any kind/);
    expect(JSON.stringify(refused.body)).not.toContain(password);
  });

  it('guessable password, refused, names the field and what would be better', async () => {
    const { body } = await refuse('Password1234');
    expect(body).toMatchObject({ errors: [
      { field: 'password', message: 'This is similar to a commonly used password.' },
      { field: 'password', message: 'Add more words that are less common.' },
    ] });
  });

  it('password, ten years later, still logs in, and nobody asks for another', async () => {
    const { email, password } = await server.newUser();
    years = 10;
    try {
      const { body } = await server.anonymous.post('/users/login', { email, password }, 200);
      expect(JSON.stringify(body)).not.toMatch(/password|expired/i);
    } finally {
      years = 0;
    }
  });

  it('first superadmin, setting up with a password made of their address, is refused and may try again', async () => {
    const fresh = await startGatehouse({ settings: testSettings() });
    try {
      const token = await fresh.gatehouse.renewSetUpToken();
      const setUp = (password: string, expected: number) =>
        fresh.anonymous.post('/users/set-up-superadmin', { token, email: 'xulqira@brontekh.example', password }, expected);
      expect(codeOf(await setUp('Xulqira-Brontekh-1', 422))).toBe('weak-password');
      await setUp('a long enough password', 200);
    } finally {
      await fresh.close();
    }
  }, 20_000);
});
