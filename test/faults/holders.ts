import { setTimeout as sleep } from 'node:timers/promises';
import { bound } from '../../scripts/bench/revocation/run.ts';
import { gatedUrl, superadmin } from '../../scripts/bench/revocation/story.ts';
import { send } from '../support/nodes.ts';
import { eventually } from '../support/eventually.ts';

/** Between two questions about one holder, in ms: some ten of them within the bound. */
const pause = 200;

/** A user with a role of their own, and whether they may come in. */
export interface Holder {
  /** Whether they may, since the last change of it was acknowledged; undefined while one is being made. */
  readonly state: { readonly allowed: boolean; readonly since: number } | undefined;
  /** Asks a node; undefined where that answers 503. */
  isLetIn(origin: string): Promise<boolean | undefined>;
}

export interface Holders {
  readonly all: readonly Holder[];
  /** Turns what each of them may, one after the other. In even pairs of rounds their roles are changed, in odd ones their assignments. */
  turn(round: number): Promise<void>;
  /** Changes how each of them is called, so that they are read anew, and nothing of what they may. */
  rename(firstName: string): Promise<void>;
}

/** Makes users at a node, which then is the one that changes things. */
export async function prepareHolders(origin: string, count: number): Promise<Holders> {
  async function call(method: string, path: string, body: unknown, token?: string): Promise<unknown> {
    const answer = await send(origin, path, { method, body, ...(token !== undefined && { token }) });
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const logIn = async (who: object) => ((await call(
    'POST', '/users/login', who,
  )) as { access_token: string }).access_token; // as its route declares
  const root = await logIn(superadmin);

  async function prepare(index: number) {
    const who = { email: `holder-${index}@example.com`, password: superadmin.password };
    const type = `holder-${index}`;
    const { userId } = await call('POST', '/admin/create-user', who, root) as { userId: string }; // as its route declares
    await call('POST', '/roles/create', { roleId: type, type, rights: [gatedUrl] }, root);
    await call('POST', '/roles/assign', { userId, type, mode: 'add' }, root);
    const token = await logIn(who);
    const holder: { -readonly [K in keyof Holder]: Holder[K] } = {
      state: { allowed: true, since: performance.now() },
      async isLetIn(node) {
        const { status } = await send(node, gatedUrl, { token });
        if (![200, 403, 503].includes(status)) throw new Error(`The gate answered ${status}.`);
        return status === 503 ? undefined : status === 200;
      },
    };
    const turns = [
      () => call('PUT', '/roles/update-rights', { type, remove: [gatedUrl] }, root),
      () => call('PUT', '/roles/update-rights', { type, add: [gatedUrl] }, root),
      () => call('POST', '/roles/assign', { userId, type, mode: 'remove' }, root),
      () => call('POST', '/roles/assign', { userId, type, mode: 'add' }, root),
    ];
    return { holder, turns, rename: (firstName: string) => call('PUT', `/admin/update-user/${userId}`, { firstName }, root) };
  }

  const prepared: Awaited<ReturnType<typeof prepare>>[] = [];
  for (let index = 0; index < count; index += 1) prepared.push(await prepare(index));
  return {
    all: prepared.map(({ holder }) => holder),
    async turn(round) {
      for (const { holder, turns } of prepared) {
        holder.state = undefined;
        await turns[round % turns.length]?.();
        holder.state = { allowed: round % 2 === 1, since: performance.now() };
      }
    },
    async rename(firstName) {
      for (const { rename } of prepared) await rename(firstName);
    },
  };
}

/** Asks a node about holders, and judges its answers. */
export interface HolderQuestions {
  readonly counts: {
    readonly judged: number; readonly unavailable: number; readonly oldWithinBound: number; readonly oldAfterBound: number;
  };
  /** Asks about all of them over and over, until `end`. */
  askOn(): { end(): Promise<void> };
  /** Asks about each until it is decided by the state that holds now. */
  untilKnown(): Promise<void>;
}

export function askHolders(origin: string, principals: readonly Holder[]): HolderQuestions {
  const counts = { judged: 0, unavailable: 0, oldWithinBound: 0, oldAfterBound: 0 };

  /** Whether it was decided by the state that held when it was asked, and still does. */
  async function ask(holder: Holder): Promise<boolean> {
    const asked = holder.state;
    const began = performance.now();
    const letIn = await holder.isLetIn(origin);
    if (!asked || holder.state !== asked) return false;
    counts.judged += 1;
    if (letIn === undefined) counts.unavailable += 1;
    else if (letIn !== asked.allowed) counts[began - asked.since > bound ? 'oldAfterBound' : 'oldWithinBound'] += 1;
    return letIn === asked.allowed;
  }

  return {
    counts,
    askOn() {
      let going = true;
      const asking = Promise.all(principals.map(async (holder) => {
        while (going) {
          await ask(holder);
          await sleep(pause);
        }
      }));
      asking.catch(() => undefined); // told by `end`
      return {
        async end() {
          going = false;
          await asking;
        },
      };
    },
    async untilKnown() {
      await Promise.all(principals.map((holder) => eventually(() => ask(holder))));
    },
  };
}
