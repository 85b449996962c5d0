import type { CallOptions, UserView, UsersFromCode } from './from-code.types.ts';
import type { Call, RunCall } from './run-call.ts';

/** Creates the users for the code of a host. */
export function createUsersFromCode(run: RunCall): UsersFromCode {
  // The output shape of the route has made the answer.
  const user = (call: Call, options: CallOptions) => run(call, options) as Promise<UserView>;

  return {
    create: (body, options) => user({ method: 'POST', url: '/admin/create-user', body }, options),
    find: (userId, options) => user({ method: 'GET', url: '/admin/load-user/:userId', params: { userId } }, options),
    list: (query, options) => (
      run({ method: 'GET', url: '/admin/load-users', query }, options) as ReturnType<UsersFromCode['list']>), // the output shape made it
    update: (userId, body, options) => user({ method: 'PUT', url: '/admin/update-user/:userId', params: { userId }, body }, options),
    assign: (userId, role, options) => user({ method: 'POST', url: '/roles/assign', body: { ...role, userId } }, options),
    disable: (userId, options) => user({ method: 'POST', url: '/admin/disable-user', body: { userId } }, options),
    enable: (userId, options) => user({ method: 'POST', url: '/admin/enable-user', body: { userId } }, options),
    async delete(userId, options) {
      await run({ method: 'DELETE', url: '/admin/delete-user/:userId', params: { userId } }, options);
    },
  };
}
