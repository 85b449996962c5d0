/** The part of the answer of `GET /permissions` that the screen needs. */
export interface Held {
  readonly rights: readonly { readonly url: string; readonly methods?: readonly string[] }[];
  readonly permissions: readonly string[];
  readonly policies: readonly {
    readonly effect: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly conditions?: readonly unknown[];
  }[];
}

/** Says which buttons a front end shows. This only spares users refusals, because the server decides. */
export function buttonsOf(effective: Held, projects: readonly { readonly id: string }[]) {
  const idsWhere = (isShown: (project: { readonly id: string }) => boolean) => projects.filter(isShown).map(({ id }) => id);
  return {
    newProject: mayCall(effective, 'POST', '/projects') && may(effective, 'create', 'projects'),
    changeUsername: mayCall(effective, 'POST', '/profile/change-username'),
    members: mayCall(effective, 'POST', '/memberships/add'),
    edit: idsWhere(({ id }) => mayCall(effective, 'PUT', '/projects/:projectId') && may(effective, 'update', `projects/${id}`)),
    remove: idsWhere(({ id }) => mayCall(effective, 'DELETE', '/projects/:projectId') && may(effective, 'delete', `projects/${id}`)),
  };
}

function mayCall({ rights }: Held, method: string, url: string): boolean {
  return rights.some((right) => right.url === url && (right.methods?.includes(method) ?? true));
}

/** Whether a grant allows the action without a condition. Denies are not checked: a list contains only projects that they do not hide. */
function may({ permissions, policies }: Held, action: string, resource: string): boolean {
  return permissions.includes('manage:*') || policies.some((policy) => policy.effect === 'allow' && !policy.conditions
    && policy.actions.some((each) => each === action || each === 'manage')
    && policy.resources.some((each) => resource === each || resource.startsWith(`${each}/`)));
}
