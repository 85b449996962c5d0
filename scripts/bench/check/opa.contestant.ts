import { freePort } from '../../../src/cli/local-mongo/free-port.ts';
import { call, jsonRequest, send } from '../requests.ts';
import { isServed, startProgram } from '../servers/program.ts';
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

/** Starts Open Policy Agent as a server, with the policy and the data in memory. */
export async function startOpa(file: string): Promise<Contestant> {
  const address = `127.0.0.1:${await freePort()}`;
  const origin = `http://${address}`;
  const command = [file, 'run', '--server', '--addr', address, '--log-level', 'error', '--disable-telemetry'];
  const { stop } = await startProgram({ command, env: () => ({}), isReady: () => isServed(`${origin}/health`) });
  try {
    await send({ method: 'PUT', url: `${origin}/v1/policies/gatehouse`, headers: { 'Content-Type': 'text/plain' }, body: policy });
    const asSet = (all: readonly string[]) => Object.fromEntries(all.map((each) => [each, true]));
    await call('PUT', `${origin}/v1/data/model`, {
      users: Object.fromEntries(model.users.map(({ name, roles }) => [name, roles])),
      roles: Object.fromEntries(model.roles.map(({ name, kinds, actions }) => [name, { kinds: asSet(kinds), actions: asSet(actions) }])),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: 'opa',
    ask(shape, questions) {
      const checks = questions.map(({ user, action, kind }) => ({ user: model.users[user]?.name, action, kind }));
      const data = `${origin}/v1/data/gatehouse`;
      if (shape === 'one') return jsonRequest(`${data}/decision`, { input: checks[0] });
      return jsonRequest(`${data}/decisions`, { input: { checks } });
    },
    read(body) {
      const { result } = body as { readonly result: boolean | readonly boolean[] }; // as OPA's data API answers
      return typeof result === 'object' ? result : [result];
    },
    stop,
  };
}
