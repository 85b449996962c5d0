import express from 'express';
import { createGatehouse } from 'gatehouse';
import type { GatehouseDeps, PermissionDeclaration, Policy, RoleDeclaration, UrlDeclaration } from 'gatehouse';
import { createProjectModel } from './project.model.ts';
import { createProjectRoutes } from './project.routes.ts';

const urls: UrlDeclaration = {
  auth: { '/projects/': [{ name: '', methods: ['GET', 'POST'] }, { name: ':projectId', methods: ['GET', 'PUT', 'DELETE'] }] },
};

const permissions: PermissionDeclaration[] = [
  { permission: 'read:projects', description: 'See a project.' },
  { permission: 'update:projects', description: 'Change what a project says.' },
  { permission: 'manage:projects', description: 'Everything with projects.' },
];

/** Who is no member neither sees nor touches a restricted project, whatever else allows it. */
const restricted: Policy = {
  effect: 'deny', actions: ['manage'], resources: ['projects/*'],
  conditions: [
    { type: 'attribute', left: 'resource.restricted', operator: 'eq', right: { value: true } },
    { type: 'attribute', left: 'resource.id', operator: 'ne', right: 'subject.memberships.projects' },
  ],
};

// Rights say what somebody may call; a membership, which is a role on one project, says on which projects.
const roles: RoleDeclaration[] = [
  {
    type: 'guest', name: 'Guest', description: 'Reads the projects that one is a member of.', inherits: [],
    rights: [{ url: '/projects', methods: ['GET'] }, { url: '/projects/:projectId', methods: ['GET'] }],
    policies: [restricted], // every session has the role guest, so this holds for everybody
  },
  {
    type: 'contributor', name: 'Contributor', description: 'Also edits them, and has a username.', inherits: ['user'],
    rights: [{ url: '/projects/:projectId', methods: ['PUT'] }],
  },
  {
    type: 'admin', name: 'Admin', description: 'Everything with projects and their members.', inherits: ['user'],
    rights: ['/projects', '/projects/:projectId'], permissions: ['manage:projects'],
  },
  {
    type: 'member', name: 'Member', description: 'Given on single projects, by POST /memberships/add.', inherits: [], rights: [],
    permissions: ['read:projects', 'update:projects'],
  },
];

/** The app: the gate first, then Gatehouse's own URLs and the projects. Call `gatehouse.init(app)` before it listens. */
export function createProjects(deps: Pick<GatehouseDeps, 'connection' | 'settings'>) {
  const gatehouse = createGatehouse({ ...deps, urls, permissions, roles, afterGate: ['jsonParser'] });
  const app = express();
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  app.use(express.json());
  app.use(createProjectRoutes(createProjectModel(deps.connection)));
  app.use(gatehouse.errorHandler);
  return { app, gatehouse };
}
