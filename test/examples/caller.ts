export interface Answer {
  readonly status: number;
  /** Content type. */
  readonly type: string | null;
  readonly body: unknown;
}

/** Somebody who calls an app over HTTP; unlike the client of the API tests, also URLs that /openapi.json does not list. */
export interface Caller {
  /** Sends a request such as `('GET /items')`; text is sent as it is. With `expected`, throws unless the answer has that status. */
  send(target: string, body?: unknown, expected?: number, contentType?: string): Promise<Answer>;
  logIn(email: string, password: string): Promise<Caller>;
}

export function createCaller(origin: string, token?: string): Caller {
  async function send(target: string, body?: unknown, expected?: number, contentType = 'application/json'): Promise<Answer> {
    const [method = '', path = ''] = target.split(' ');
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...(body !== undefined && { 'Content-Type': contentType }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (expected !== undefined && response.status !== expected) {
      throw new Error(`${target} answered ${response.status}, not ${expected}: ${text}`);
    }
    const type = response.headers.get('content-type');
    return { status: response.status, type, body: type?.includes('json') ? JSON.parse(text) as unknown : text };
  }

  return {
    send,
    async logIn(email, password) {
      const { body } = await send('POST /users/login', { email, password }, 200);
      return createCaller(origin, (body as { access_token: string }).access_token);
    },
  };
}
