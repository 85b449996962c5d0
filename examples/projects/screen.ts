/** What `GET /permissions` answers, as far as the screen needs it. */
export interface Held {
  readonly rights: readonly { readonly url: string; readonly methods?: readonly string[] }[];
  readonly permissions: readonly string[];
  readonly policies: readonly {
    readonly effect: string; readonly actions: readonly string[]; readonly resources: readonly string[];
    readonly conditions?: readonly unknown[];
  }[];
}

/** The buttons that a front end shows. It only saves people from refusals: the server decides. */
export function buttonsOf(effective: Held, projects: readonly { readonly id: string }[]) {
  return {
    newProject: mayCall(effective, 'POST', '/projects') && may(effective, 'create', 'projects'),
    changeUsername: mayCall(effective, 'POST', '/profile/change-username'),
    members: mayCall(effective, 'POST', '/memberships/add'),
    edit: projects.filter(({ id }) => mayCall(effective, 'PUT', '/projects/:projectId') && may(effective, 'update', `projects/${id}`)).map(
      ({ id }) => id,
    ),
    remove: projects.filter(
      ({ id }) => mayCall(effective, 'DELETE', '/projects/:projectId') && may(effective, 'delete', `projects/${id}`),
    ).map(({ id }) => id),
  };
}

function mayCall({ rights }: Held, method: string, url: string): boolean {
  return rights.some((right) => right.url === url && (right.methods?.includes(method) ?? true));
}

/** Whether something allows it without a condition; of the projects in a list, denies have left only those that they spare. */
function may({ permissions, policies }: Held, action: string, resource: string): boolean {
  return permissions.includes('manage:*') || policies.some((policy) => policy.effect === 'allow' && !policy.conditions
    && policy.actions.some((each) => each === action || each === 'manage')
    && policy.resources.some((each) => resource === each || resource.startsWith(`${each}/`)));
}
