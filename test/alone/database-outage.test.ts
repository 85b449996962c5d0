import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client/client.ts';
import { startOwnDatabase } from '../support/own-database.ts';
import { createProcesses } from '../support/processes.ts';
import { watchStalls } from '../support/stalls.ts';

// A server in a process of its own on a database of its own, which is killed or paused under it.

/** How long anybody may wait for an answer that needs the database, and how long the way back may take, in ms. */
const bound = 2_500;
const recoveryBound = 5_000;
const credentials = { email: 'root@example.com', password: 'a long enough password' };

const stalls = watchStalls();
const processes = createProcesses();
const database = await startOwnDatabase();
afterAll(() => { database.resume(); });

interface Node {
  readonly origin: string;
  /** The superadmin's. */
  readonly token: string;
}

async function startNode(name: string, options = ''): Promise<Node> {
  const running = processes.start('src/cli/cli.ts', ['start', '--data', processes.folder], {
    env: {
      MONGODB_URI: database.uri(name) + options, PORT: '0', PASSWORD_COST: '4', LOG_LEVEL: 'silent',
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
      SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password,
    },
  });
  const [, origin = ''] = await running.until(/listens on (\S+)/);
  const { token } = await createClient(origin).logIn(credentials.email, credentials.password);
  return { origin, token: token ?? '' };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

function newUser(): Call {
  return { method: 'POST', path: '/admin/create-user', body: { email: `${newName()}@example.com`, password: credentials.password } };
}

function newRole(): Call {
  return { method: 'POST', path: '/roles/create', body: { roleId: newName(), type: newName(), rights: ['/profile/me'] } };
}

function newName(): string {
  return `n${randomBytes(8).toString('hex')}`;
}

/** What cannot be answered without the database. */
const needDatabase = (): Call[] => [
  { method: 'GET', path: '/profile/me' },
  { method: 'GET', path: '/admin/load-users' },
  { method: 'GET', path: '/roles/load' },
  { method: 'POST', path: '/users/logout' },
  { method: 'GET', path: '/readyz' },
  { method: 'POST', path: '/users/login', body: credentials },
  { method: 'POST', path: '/login', body: { email: 'nobody@example.com', password: 'not this one either' } },
  { method: 'POST', path: '/users/set-up-superadmin', body: {
    token: 'default.made-up', email: 'x@example.com', password: credentials.password,
  } },
  newUser(), newRole(),
];
const needNothing = ['/', '/livez', '/openapi.json', '/docs', '/docs/start.js', '/.well-known/jwks.json', '/users/set-up-superadmin']
  .map((path): Call => ({ method: 'GET', path }));

interface Timed {
  readonly call: string;
  readonly status: number;
  readonly retryAfter: string | null;
  /** By performance.now(). */
  readonly began: number;
  readonly ended: number;
  /** Less the time in which the machine stood still. */
  readonly milliseconds: number;
  readonly body: { readonly code?: string; readonly roleId?: string; readonly items?: readonly unknown[] };
}

// Not by the client of the other tests: what it does with each answer takes time that is not the server's.
async function time({ origin, token }: Node, { method, path, body }: Call): Promise<Timed> {
  const began = performance.now();
  const response = await fetch(`${origin}${path}`, {
    method, ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
  });
  const text = await response.text();
  const ended = performance.now();
  const milliseconds = ended - began - stalls.between(began, ended);
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const content = isJson ? JSON.parse(text) as Timed['body'] : {}; // of the server under test, and only asked for known members
  return { call: `${method} ${path}`, status: response.status, retryAfter: response.headers.get(
    'retry-after',
  ), began, ended, milliseconds, body: content };
}

function expectUnavailable(answers: readonly Timed[]): void {
  expect(answers.map(({ call, status, body, retryAfter }) => `${call} ${status} ${body.code ?? ''} ${retryAfter ?? ''}`))
    .toEqual(answers.map(({ call }) => `${call} 503 database-unreachable 2`));
  expect(answers.filter(({ milliseconds }) => milliseconds > bound)).toEqual([]);
}

/** Asks for everything at once, at three moments of an outage: as it begins, while the driver finds out, and long after. */
async function probeOutage(node: Node): Promise<Timed[]> {
  const all: Timed[] = [];
  for (const pause of [0, 500, 3_000]) {
    await sleep(pause);
    const [unavailable, served] = await Promise.all([
      Promise.all(needDatabase().map((call) => time(node, call))),
      Promise.all(needNothing.map((call) => time(node, call))),
    ]);
    expectUnavailable(unavailable);
    expect(served.map(({ call, status, body }) => [call, status, ...(status === 200 ? [] : [body.code])]))
      .toEqual(needNothing.map(({ method, path }) => [`${method} ${path}`, 200]));
    all.push(...unavailable);
  }
  return all;
}

/** Keeps writing until told to stop; answers what was said about each write. */
function keepWriting(node: Node): { stop(): Promise<Timed[]> } {
  const answers: Timed[] = [];
  let going = true;
  const write = async (next: () => Call) => {
    while (going) answers.push(await time(node, next()));
  };
  // None hashes passwords: a source may have only two in work at a time, and the probes have theirs.
  const writers = Promise.all([newRole, newRole, newRole, newRole].map(write));
  writers.catch(() => undefined); // told by stop, which a test that fails before does not reach
  return {
    async stop() {
      going = false;
      await writers;
      return answers;
    },
  };
}

interface Recovery {
  readonly call: string;
  readonly milliseconds: number;
}

/** How long it takes until everything works again, in ms, less the time in which the machine stood still: for each call. */
async function untilRecovered(node: Node, isMeant: (call: Call) => boolean = () => true): Promise<Recovery[]> {
  const began = performance.now();
  return Promise.all(needDatabase().filter((call) => !/logout|set-up|^\/login/.test(call.path) && isMeant(call)).map(async (call) => {
    for (;;) {
      const { status, retryAfter } = await time(node, call);
      // 409: a write that was answered 503 was done all the same.
      const now = performance.now();
      if ([200, 201, 409].includes(status)) return {
        call: `${call.method} ${call.path}`, milliseconds: now - began - stalls.between(began, now),
      };
      expect([status, retryAfter]).toEqual([503, '2']);
      if (performance.now() - began > 3 * recoveryBound) throw new Error(`${call.path} did not recover.`);
      await sleep(50);
    }
  }));
}

/** Looks for every write that was acknowledged; answers how many there were. */
async function expectKept(node: Node, writes: readonly Timed[]): Promise<number> {
  const acknowledged = writes.filter(({ status }) => status === 201);
  for (const { body: { roleId = '' } } of acknowledged) {
    const path = `/roles/load?roleId=${roleId}`;
    const { status, body } = await time(node, { method: 'GET', path });
    expect([path, status, body.items?.length]).toEqual([path, 200, 1]);
  }
  return acknowledged.length;
}

interface Outage {
  readonly name: string;
  begin(): unknown;
  end(): unknown;
}

const outages: Outage[] = [
  { name: 'killed with SIGKILL', begin: database.kill, end: database.restart },
  { name: 'paused with SIGSTOP', begin: database.pause, end: database.resume },
];

describe('a running server', () => {
  let node: Node;
  beforeAll(async () => { node = await startNode('gatehouse_test_outage'); }, 60_000);

  it.each(outages)('its database $name, answers 503 within 2.5 s, recovers within 5 s and keeps all acknowledged writes', async (
    outage,
  ) => {
    const { name, begin, end } = outage;
    const writing = keepWriting(node);
    await sleep(1_000);
    const beganAt = performance.now();
    await begin();
    const probes = await probeOutage(node).finally(end);
    const endedAt = performance.now();
    // Roles are created by the writers meanwhile: one more would only wait for its turn among them.
    const recovery = await untilRecovered(node, ({ path }) => path !== newRole().path);
    const writes = await writing.stop();
    const written = writes.filter(({ status, ended }) => status === 201 && ended > endedAt).map(
      ({ call, ended }) => ({ call, milliseconds: ended - endedAt - stalls.between(endedAt, ended) }),
    );
    expect(written.length).toBeGreaterThan(0);
    recovery.push(...written.slice(0, 1));

    // What was under way already is late only from when the database was gone.
    const failed = writes.filter(({ status }) => status !== 201)
      .map((write) => ({ ...write, milliseconds: write.milliseconds - Math.max(0, beganAt - write.began) }));
    expectUnavailable(failed);
    expect(failed.length).toBeGreaterThan(0);
    expect(recovery.filter(({ milliseconds }) => milliseconds >= recoveryBound)).toEqual([]);
    const kept = await expectKept(node, writes);
    const slowest = (
      answers: readonly { readonly milliseconds: number }[],
    ) => Math.max(...answers.map(({ milliseconds }) => milliseconds)).toFixed(0);
    console.log([
      `database ${name}: ${probes.length} requests answered 503, slowest ${slowest(probes)} ms`,
      `${failed.length} writes under way 503, slowest ${slowest(failed)} ms`,
      `served again after ${slowest(recovery)} ms`,
      `${kept} acknowledged writes, none lost`,
    ].join('; '));
  }, 120_000);

  it('all connections of its pool in use, answers 503 within 2.5 s and serves again as soon as they are free', async () => {
    const small = await startNode('gatehouse_test_pool', '&maxPoolSize=2');
    database.pause();
    const waiting = await Promise.all(Array.from({ length: 20 }, () => time(small, { method: 'GET', path: '/profile/me' }))).finally(
      database.resume,
    );
    expectUnavailable(waiting);
    expect((await untilRecovered(small)).filter(({ milliseconds }) => milliseconds >= recoveryBound)).toEqual([]);

    const busy = await Promise.all(Array.from({ length: 20 }, () => time(small, { method: 'GET', path: '/admin/load-users' })));
    expectUnavailable(busy.filter(({ status }) => status !== 200));
    expect(busy.some(({ status }) => status === 200)).toBe(true);
  }, 60_000);
});
