import express from 'express';
import { createGatehouse } from 'express-gatehouse';
import type { GatehouseDeps, RoleDeclaration, UrlDeclaration } from 'express-gatehouse';
import { createLessons } from './lessons.ts';

const urls: UrlDeclaration = {
  auth: {
    '/teacher/': ['add-teacher', 'edit-teacher', 'delete-teacher', 'load-teacher'],
    '/student/': ['add-student', 'edit-student', 'delete-student', 'test-result', 'load-student'],
    '/test/': ['view-test', 'submit-test', 'set-test-password'],
    '/profile/': ['upload-pic', 'update-social-links'],
  },
};

const own = ['/profile/upload-pic', '/profile/update-social-links'];
const roles: RoleDeclaration[] = [
  {
    type: 'student', name: 'Student', description: 'Takes the test and sees the result.', inherits: ['user'],
    rights: [...own, '/test/view-test', '/test/submit-test', { url: '/student/test-result', methods: ['GET'] }],
  },
  {
    type: 'teacher', name: 'Teacher', description: 'Manages students and marks their tests.', inherits: ['user'],
    rights: [
      ...own, '/teacher/load-teacher', '/student/add-student', '/student/edit-student', '/student/load-student', '/student/test-result',
      '/test/view-test',
    ],
  },
  {
    type: 'head', name: 'Head', description: 'Manages teachers and users.', inherits: ['teacher', 'admin'],
    rights: [
      '/test/set-test-password', '/teacher/add-teacher', '/teacher/edit-teacher', '/teacher/delete-teacher', '/student/delete-student',
    ],
  },
];

/** Creates the school's app: the gate first, then the URLs of Gatehouse and of the school. Call `gatehouse.init(app)` before it listens. */
export function createSchool(deps: Pick<GatehouseDeps, 'connection' | 'settings'>) {
  const gatehouse = createGatehouse({ ...deps, urls, roles, afterGate: ['jsonParser'] });
  const app = express();
  app.use(gatehouse.authenticator); // decides about every request
  app.use(gatehouse.routes()); // login, users, roles, sessions, audit, ...
  app.use(express.json()); // bodies are read behind the gate
  app.use(createLessons()); // the school's own routes
  app.use(gatehouse.errorHandler);
  return { app, gatehouse };
}
