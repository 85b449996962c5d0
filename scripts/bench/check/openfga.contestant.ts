import { freePort } from '../../local-mongo/run-engine.ts';
import { answers, post, startProgram } from '../program.ts';
import { jsonRequest } from './contestant.ts';
import type { Contestant } from './contestant.ts';
import { actions, model } from './model.ts';
import type { Question } from './model.ts';

const authorizationModel = {
  schema_version: '1.1',
  type_definitions: [
    { type: 'user', relations: {} },
    { type: 'role', relations: { member: { this: {} } }, metadata: { relations: { member: { directly_related_user_types: [{ type: 'user' }] } } } },
    {
      type: 'kind', relations: Object.fromEntries(actions.map((action) => [action, { this: {} }])),
      metadata: { relations: Object.fromEntries(actions.map((action) => [action, { directly_related_user_types: [{ type: 'role', relation: 'member' }] }])) },
    },
  ],
};

/** The most that one call may write. */
const batch = 100;

/** OpenFGA with its store in memory; its limit of 50 checks a call is raised to 1,000, everything else is as it comes, but for the log. */
export async function startOpenfga(file: string): Promise<Contestant> {
  const [port, grpcPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    OPENFGA_HTTP_ADDR: `127.0.0.1:${port}`, OPENFGA_GRPC_ADDR: `127.0.0.1:${grpcPort}`, OPENFGA_DATASTORE_ENGINE: 'memory', OPENFGA_LOG_LEVEL: 'none',
    OPENFGA_PLAYGROUND_ENABLED: 'false', OPENFGA_METRICS_ENABLED: 'false', OPENFGA_MAX_CHECKS_PER_BATCH_CHECK: '1000',
  };
  const { stop } = await startProgram({ command: [file, 'run'], env, isReady: () => answers(`${origin}/healthz`) });
  try {
    const { id } = await post(`${origin}/stores`, { name: 'bench' });
    const store = `${origin}/stores/${String(id)}`;
    const { authorization_model_id } = await post(`${store}/authorization-models`, authorizationModel);
    const tuples = [
      ...model.users.flatMap(({ name, roles }) => roles.map((role) => ({ user: `user:${name}`, relation: 'member', object: `role:${role}` }))),
      ...model.roles.flatMap(({ name, ...role }) => role.kinds.flatMap((kind) => role.actions.map((action) => ({ user: `role:${name}#member`, relation: action, object: `kind:${kind}` })))),
    ];
    for (let at = 0; at < tuples.length; at += batch) await post(`${store}/write`, { writes: { tuple_keys: tuples.slice(at, at + batch) }, authorization_model_id });
    const keyOf = ({ user, action, kind }: Question) => ({ user: `user:${model.users[user]?.name ?? ''}`, relation: action, object: `kind:${kind}` });
    return {
      name: 'openfga',
      ask: (shape, questions) => (shape === 'one'
        ? jsonRequest(`${store}/check`, { tuple_key: questions.map(keyOf)[0], authorization_model_id })
        : jsonRequest(`${store}/batch-check`, { checks: questions.map((question, index) => ({ tuple_key: keyOf(question), correlation_id: String(index) })), authorization_model_id })),
      read(body) {
        // As OpenFGA's HTTP API answers a check and a batch of them; what is false may be left out.
        const { allowed = false, result } = body as { readonly allowed?: boolean; readonly result?: Readonly<Record<string, { readonly allowed?: boolean }>> };
        return result ? Object.keys(result).map((_each, index) => result[String(index)]?.allowed ?? false) : [allowed];
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
