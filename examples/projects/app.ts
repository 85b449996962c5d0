import express from 'express';
import { createGatehouse } from 'express-gatehouse';
import type { GatehouseDeps, PermissionDeclaration, Policy, RoleDeclaration, UrlDeclaration } from 'express-gatehouse';
import { createProjectModel } from './project.model.ts';
import { createProjectRoutes } from './project.routes.ts';

const urls: UrlDeclaration = {
  auth: { '/projects/': [{ name: '', methods: ['GET', 'POST'] }, { name: ':projectId', methods: ['GET', 'PUT', 'DELETE'] }] },
};

const permissions: PermissionDeclaration[] = [
  { permission: 'read:projects', description: 'See a project.' },
  { permission: 'update:projects', description: 'Change the text of a project.' },
  { permission: 'manage:projects', description: 'Do everything with projects.' },
];

/** Hides a restricted project from everybody who is not a member of it, even if another policy allows access. */
const restricted: Policy = {
  effect: 'deny', actions: ['manage'], resources: ['projects/*'],
  conditions: [
    { type: 'attribute', left: 'resource.restricted', operator: 'eq', right: { value: true } },
    { type: 'attribute', left: 'resource.id', operator: 'ne', right: 'subject.memberships.projects' },
  ],
};

// A right says which URL a user may call. A membership, which is a role on one project, says on which projects.
const roles: RoleDeclaration[] = [
  {
    type: 'guest', name: 'Guest', description: 'Reads the projects of which the user is a member.', inherits: [],
    rights: [{ url: '/projects', methods: ['GET'] }, { url: '/projects/:projectId', methods: ['GET'] }],
    policies: [restricted], // every session has the role guest, so this applies to everybody
  },
  {
    type: 'contributor', name: 'Contributor', description: 'Also edits them, and has a username.', inherits: ['user'],
    rights: [{ url: '/projects/:projectId', methods: ['PUT'] }],
  },
  {
    type: 'admin', name: 'Admin', description: 'Does everything with projects and their members.', inherits: ['user'],
    rights: ['/projects', '/projects/:projectId'], permissions: ['manage:projects'],
  },
  {
    type: 'member', name: 'Member', description: 'A role on single projects, from POST /memberships/add.', inherits: [],
    rights: [], permissions: ['read:projects', 'update:projects'],
  },
];

/** Creates the app: the gate first, then the URLs of Gatehouse and the projects. Call `gatehouse.init(app)` before it listens. */
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
