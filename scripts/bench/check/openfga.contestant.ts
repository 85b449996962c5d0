import { freePort } from '../../../src/cli/local-mongo/free-port.ts';
import { inBatches } from '../copies.ts';
import { call, jsonRequest } from '../requests.ts';
import { isServed, startProgram } from '../servers/program.ts';
import type { Contestant } from './contestant.ts';
import { actions, model } from './model.ts';
import type { Question } from './model.ts';

type UserType = Readonly<Record<string, string>>;

/** A type whose relations are given to one type of users each. */
const type = (name: string, relations: readonly string[], users: UserType) => ({
  type: name,
  relations: Object.fromEntries(relations.map((relation) => [relation, { this: {} }])),
  metadata: { relations: Object.fromEntries(relations.map((relation) => [relation, { directly_related_user_types: [users] }])) },
});
const authorizationModel = {
  schema_version: '1.1',
  type_definitions: [
    { type: 'user', relations: {} },
    type('role', ['member'], { type: 'user' }),
    type('kind', actions, { type: 'role', relation: 'member' }),
  ],
};

/** How many tuples one call may write. */
const batch = 100;

/** Starts OpenFGA with its store in memory and its log off. Its limit of 50 checks a call is raised to 1,000; all else is as it comes. */
export async function startOpenfga(file: string): Promise<Contestant> {
  const [address, grpcAddress] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const origin = `http://${address}`;
  const env = () => ({
    OPENFGA_HTTP_ADDR: address, OPENFGA_GRPC_ADDR: grpcAddress, OPENFGA_DATASTORE_ENGINE: 'memory', OPENFGA_LOG_LEVEL: 'none',
    OPENFGA_PLAYGROUND_ENABLED: 'false', OPENFGA_METRICS_ENABLED: 'false', OPENFGA_MAX_CHECKS_PER_BATCH_CHECK: '1000',
  });
  const { stop } = await startProgram({ command: [file, 'run'], env, isReady: () => isServed(`${origin}/healthz`) });
  try {
    const { id } = await call('POST', `${origin}/stores`, { name: 'bench' });
    const store = `${origin}/stores/${String(id)}`;
    const { authorization_model_id } = await call('POST', `${store}/authorization-models`, authorizationModel);
    await inBatches(listTuples(), (tuple_keys) => (
      call('POST', `${store}/write`, { writes: { tuple_keys }, authorization_model_id })), batch);
    return {
      name: 'openfga',
      ask(shape, questions) {
        const checks = questions.map((question, index) => ({ tuple_key: keyOf(question), correlation_id: String(index) }));
        if (shape !== 'one') return jsonRequest(`${store}/batch-check`, { checks, authorization_model_id });
        return jsonRequest(`${store}/check`, { tuple_key: checks[0]?.tuple_key, authorization_model_id });
      },
      read(body) {
        const { allowed = false, result } = body as OpenfgaAnswer;
        return result ? Object.keys(result).map((_each, index) => result[String(index)]?.allowed ?? false) : [allowed];
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The answer to a check or to a batch of checks, as OpenFGA's HTTP API gives it; it may leave out what is false. */
interface OpenfgaAnswer {
  readonly allowed?: boolean;
  readonly result?: Readonly<Record<string, { readonly allowed?: boolean }>>;
}

function keyOf({ user, action, kind }: Question) {
  return { user: `user:${model.users[user]?.name ?? ''}`, relation: action, object: `kind:${kind}` };
}

function listTuples() {
  const members = model.users.flatMap(({ name, roles }) => (
    roles.map((role) => ({ user: `user:${name}`, relation: 'member', object: `role:${role}` }))));
  const grants = model.roles.flatMap(({ name, kinds, actions: allowed }) => kinds.flatMap((kind) => (
    allowed.map((action) => ({ user: `role:${name}#member`, relation: action, object: `kind:${kind}` })))));
  return [...members, ...grants];
}
