import { randomUUID } from 'node:crypto';
import express from 'express';
import type { Request, Response, Router } from 'express';

type Fields = Record<string, unknown>;

/** Creates the school's own routes. They store everything in memory. None checks its caller, because the gate has decided already. */
export function createLessons(): Router {
  const people = { teacher: new Map<string, Fields>(), student: new Map<string, Fields>() };
  const profiles = new Map<string, Fields>();
  const results = new Map<string, Fields>();
  const router = express.Router();

  for (const kind of ['teacher', 'student'] as const) {
    router.post(`/${kind}/add-${kind}`, (request, response) => {
      const id = randomUUID();
      people[kind].set(id, {});
      merge(response.status(201), people[kind], id, bodyOf(request));
    });
    router.get(`/${kind}/load-${kind}`, (_request, response) => void response.json({ items: [...people[kind].values()] }));
    router.put(`/${kind}/edit-${kind}`, (request, response) => merge(response, people[kind], bodyOf(request).id, bodyOf(request)));
    router.delete(`/${kind}/delete-${kind}`, (request, response) => {
      const { id } = request.query;
      response.status(typeof id === 'string' && people[kind].delete(id) ? 204 : 404).end();
    });
  }

  // The password with which students begin the test in the exam room.
  let testPassword: unknown;
  router.post('/test/set-test-password', (request, response) => {
    testPassword = bodyOf(request).password;
    response.status(204).end();
  });
  router.get('/test/view-test', (_request, response) => void response.json({ questions: ['Capital of Peru?', 'Legs of a spider?'] }));
  router.post('/test/submit-test', (request, response) => {
    const { password, answers } = bodyOf(request);
    if (password !== testPassword) { response.status(409).json({ message: 'This is not the password of the test.' }); return; }
    results.set(callerOf(request), {});
    merge(response, results, callerOf(request), { answers });
  });
  router.get('/student/test-result', (request, response) => merge(response, results, callerOf(request), {}));
  router.put('/student/test-result', (request, response) => merge(response, results, bodyOf(request).id, { mark: bodyOf(request).mark }));

  for (const name of ['update-social-links', 'upload-pic']) {
    router.put(`/profile/${name}`, express.raw({ type: 'image/*', limit: '1mb' }), (request, response) => {
      const id = callerOf(request);
      profiles.set(id, profiles.get(id) ?? {});
      merge(response, profiles, id, Buffer.isBuffer(request.body) ? { pic: request.body.toString('base64') } : bodyOf(request));
    });
  }
  return router;
}

/** Changes a stored entry and answers it; 404 if there is no entry with this id. */
function merge(response: Response, stored: Map<string, Fields>, id: unknown, changes: Fields): void {
  if (typeof id !== 'string' || !stored.has(id)) { response.status(404).json({ message: 'There is no entry with this id.' }); return; }
  stored.set(id, { ...stored.get(id), ...changes, id });
  response.json(stored.get(id));
}

function bodyOf(request: Request): Fields {
  return (request.body ?? {}) as Fields; // express.json lets only objects and lists through
}

/** The userId of the caller whom the gate identified. */
function callerOf(request: Request): string {
  return request.access?.caller.userId ?? '';
}
