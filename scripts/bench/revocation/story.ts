import { call } from '../requests.ts';

/** The URL that all nodes gate, and that the pollers request. */
export const gatedUrl = '/items/load';

/** URLs that no poller requests: rights for large roles. */
export const spareUrls = Array.from({ length: 40 }, (_, index) => `/items/spare-${index}`);

export const superadmin = { email: 'root@example.com', password: 'a long enough password' };
const reader = { email: 'reader@example.com', password: superadmin.password };
const role = 'item-reader';

/** One change, and how the gate must decide about the reader from then on. */
export interface Change {
  readonly what: 'role' | 'user' | 'session';
  readonly allowed: boolean;
  /** Resolves as the node acknowledges it, with the reader's token from then on. */
  readonly make: (token: string) => Promise<string>;
}

/** The changes, which are made again and again: a right is taken and given, the user disabled and enabled, the session ended and begun. */
export interface Story {
  readonly token: string;
  readonly changes: readonly Change[];
  /** Begins one more session of the reader, and resolves with its token. */
  readonly logIn: () => Promise<string>;
}

/** Prepares the reader at one node, which then applies the changes. */
export async function prepareStory(origin: string): Promise<Story> {
  const logInAs = async (user: { readonly email: string; readonly password: string }): Promise<string> => (
    String((await call('POST', `${origin}/users/login`, user))['access_token']));
  const logIn = () => logInAs(reader);

  const root = await logInAs(superadmin);
  const asRoot = (method: 'POST' | 'PUT', path: string, body: object) => call(method, `${origin}${path}`, body, root);
  const { userId } = await asRoot('POST', '/admin/create-user', reader);
  await asRoot('POST', '/roles/create', { roleId: role, type: role, rights: [gatedUrl] });
  await asRoot('POST', '/roles/assign', { userId, type: role, mode: 'add' });

  const right = (allowed: boolean): Change => ({
    what: 'role', allowed,
    make: async (token) => {
      await asRoot('PUT', '/roles/update-rights', { type: role, [allowed ? 'add' : 'remove']: [gatedUrl] });
      return token;
    },
  });
  const logOut = async (token: string) => {
    await call('POST', `${origin}/users/logout`, {}, token);
    return token;
  };
  const disable = async (token: string) => {
    await asRoot('POST', '/admin/disable-user', { userId });
    return token;
  };
  const enable = async () => {
    await asRoot('POST', '/admin/enable-user', { userId });
    return await logIn();
  };
  return {
    token: await logIn(),
    logIn,
    changes: [
      right(false), right(true),
      { what: 'session', allowed: false, make: logOut }, { what: 'session', allowed: true, make: logIn },
      right(false), right(true),
      { what: 'user', allowed: false, make: disable }, { what: 'user', allowed: true, make: enable },
    ],
  };
}
