/** What all nodes gate, and the pollers ask for. */
export const gatedUrl = '/items/load';

/** What nobody asks for: rights for large roles. */
export const spareUrls = Array.from({ length: 40 }, (_, index) => `/items/spare-${index}`);

export const superadmin = { email: 'root@example.com', password: 'a long enough password' };
const reader = { email: 'reader@example.com', password: superadmin.password };
const role = 'item-reader';

/** One change, and what the gate must answer the reader from then on. */
export interface Change {
  readonly what: 'role' | 'user' | 'session';
  readonly allowed: boolean;
  /** Resolves as the node acknowledges it, with the reader's token from then on. */
  readonly make: (token: string) => Promise<string>;
}

/** What changes, over and over: a right is taken and given, the user disabled and enabled, the session ended and begun. */
export interface Story {
  readonly token: string;
  readonly changes: readonly Change[];
  /** Begins one more session of the reader, and answers its token. */
  readonly logIn: () => Promise<string>;
}

/** Prepares the reader at one node, which then is the one that changes things. */
export async function prepareStory(origin: string): Promise<Story> {
  const call = async (method: string, path: string, body: unknown, token?: string): Promise<unknown> => {
    const response = await fetch(`${origin}${path}`, {
      method, headers: { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  const logIn = async (who: { readonly email: string; readonly password: string }): Promise<string> =>
    ((await call('POST', '/users/login', who)) as { access_token: string }).access_token; // only a login's answer is looked at

  const root = await logIn(superadmin);
  const { userId } = ((await call('POST', '/admin/create-user', reader, root)) as { userId: string }); // as its route declares
  await call('POST', '/roles/create', { roleId: role, type: role, rights: [gatedUrl] }, root);
  await call('POST', '/roles/assign', { userId, type: role, mode: 'add' }, root);
  const right = (edit: object) => async (token: string) => {
    await call('PUT', '/roles/update-rights', { type: role, ...edit }, root);
    return token;
  };
  return {
    token: await logIn(reader),
    logIn: () => logIn(reader),
    changes: [
      { what: 'role', allowed: false, make: right({ remove: [gatedUrl] }) },
      { what: 'role', allowed: true, make: right({ add: [gatedUrl] }) },
      { what: 'session', allowed: false, make: async (token) => { await call('POST', '/users/logout', {}, token); return token; } },
      { what: 'session', allowed: true, make: () => logIn(reader) },
      { what: 'role', allowed: false, make: right({ remove: [gatedUrl] }) },
      { what: 'role', allowed: true, make: right({ add: [gatedUrl] }) },
      { what: 'user', allowed: false, make: async (token) => { await call('POST', '/admin/disable-user', { userId }, root); return token; } },
      { what: 'user', allowed: true, make: async () => { await call('POST', '/admin/enable-user', { userId }, root); return logIn(reader); } },
    ],
  };
}
