import { freePort } from '../../local-mongo/run-engine.ts';
import { answers, post, startProgram } from '../program.ts';
import { jsonRequest } from './contestant.ts';
import type { Contestant } from './contestant.ts';
import { model } from './model.ts';

/** Looks everything up by name, which is what OPA is fastest at: data is objects, and nothing is searched. */
const policy = `package gatehouse

default allowed(_, _, _) := false

allowed(user, action, kind) if {
  some role in data.model.users[user]
  data.model.roles[role].kinds[kind]
  data.model.roles[role].actions[action]
}

decision := allowed(input.user, input.action, input.kind)

decisions := [decided | some check in input.checks; decided := allowed(check.user, check.action, check.kind)]
`;

/** Open Policy Agent as a server, with the policy and the data in memory. */
export async function startOpa(file: string): Promise<Contestant> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const command = [file, 'run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', '--disable-telemetry'];
  const { stop } = await startProgram({ command, env: {}, isReady: () => answers(`${origin}/health`) });
  try {
    const stored = await fetch(`${origin}/v1/policies/gatehouse`, { method: 'PUT', headers: { 'Content-Type': 'text/plain' }, body: policy });
    if (!stored.ok) throw new Error(`OPA refuses the policy: ${await stored.text()}`);
    await stored.text();
    const isIn = (all: readonly string[]) => Object.fromEntries(all.map((each) => [each, true]));
    await post(`${origin}/v1/data/model`, {
      users: Object.fromEntries(model.users.map(({ name, roles }) => [name, roles])),
      roles: Object.fromEntries(model.roles.map(({ name, kinds, actions }) => [name, { kinds: isIn(kinds), actions: isIn(actions) }])),
    }, { method: 'PUT' });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'opa',
    ask(shape, questions) {
      const checks = questions.map(({ user, action, kind }) => ({ user: model.users[user]?.name, action, kind }));
      return shape === 'one' ? jsonRequest(`${origin}/v1/data/gatehouse/decision`, { input: checks[0] }) : jsonRequest(`${origin}/v1/data/gatehouse/decisions`, { input: { checks } });
    },
    read(body) {
      const { result } = body as { readonly result: boolean | readonly boolean[] }; // OPA's data API answers so
      return typeof result === 'object' ? result : [result];
    },
    stop,
  };
}
