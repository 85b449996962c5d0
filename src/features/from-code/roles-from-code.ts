import { AppError } from '../../errors/errors.ts';
import type { CallOptions, ListAnswer, RoleView, RolesFromCode } from './from-code.types.ts';
import type { Call, RunCall } from './run-call.ts';

/** Creates the roles for the code of a host. */
export function createRolesFromCode(run: RunCall): RolesFromCode {
  // The output shape of the route has made the answers.
  const role = (call: Call, options: CallOptions) => run(call, options) as Promise<RoleView>;
  const list = (query: object, options: CallOptions) => (
    run({ method: 'GET', url: '/roles/load', query }, options) as Promise<ListAnswer<RoleView>>);

  return {
    create: (body, options) => role({ method: 'POST', url: '/roles/create', body }, options),
    async find(roleId, options) {
      const { items } = await list({ roleId }, options);
      const found = items.find((each) => each.roleId === roleId);
      if (!found) throw new AppError('role-not-found');
      return found;
    },
    list,
    update: (ref, content, options) => role({ method: 'PUT', url: '/roles/update', body: { ...content, ...ref } }, options),
    updateRights: (ref, rights, options) => role({ method: 'PUT', url: '/roles/update-rights', body: { ...rights, ...ref } }, options),
    async delete(ref, options) {
      await run({ method: 'DELETE', url: '/roles/delete', query: ref }, options);
    },
  };
}
