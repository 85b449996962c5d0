import express from 'express';
import type { Request, Router } from 'express';
import { Types, isValidObjectId } from 'mongoose';
import { AppError, requirePermission } from 'express-gatehouse';
import type { Project, ProjectModel } from './project.model.ts';

/** Creates the routes of the projects. A project that a user may not see is answered 404, as if it did not exist. */
export function createProjectRoutes(projects: ProjectModel): Router {
  const router = express.Router();

  router.get('/projects', async (request, response) => {
    const found = await projects.find().accessibleBy(request.access, 'read').sort({ name: 1 }).lean();
    response.json({ items: found.map(shown) });
  });

  router.post('/projects', requirePermission('create:projects'), async (request, response) => {
    const { name, notes, restricted } = fieldsOf(request);
    if (name === undefined) throw invalid('name');
    const made = await projects.create({ name, ...(notes !== undefined && { notes }), ...(restricted !== undefined && { restricted }) });
    response.status(201).json(shown(made));
  });

  router.get('/projects/:projectId', async (request, response) => {
    const project = await projects.findOne(named(request)).accessibleBy(request.access, 'read').lean();
    response.status(project ? 200 : 404).json(project ? shown(project) : missing);
  });

  router.put('/projects/:projectId', async (request, response) => {
    const { restricted: _fixed, ...changes } = fieldsOf(request); // an update cannot change `restricted`
    const project = await projects.findOneAndUpdate(
      named(request), { $set: changes }, { returnDocument: 'after' },
    ).accessibleBy(request.access, 'update').lean();
    response.status(project ? 200 : 404).json(project ? shown(project) : missing);
  });

  router.delete('/projects/:projectId', async (request, response) => {
    const { deletedCount } = await projects.deleteOne(named(request)).accessibleBy(request.access, 'delete');
    response.status(deletedCount === 1 ? 204 : 404).end();
  });

  return router;
}

const missing = { message: 'There is no such project.' };

/** The filter for the project in the URL. For a text that is not an id, it finds nothing. */
function named({ params: { projectId } }: Request): { _id: Types.ObjectId } {
  return { _id: isValidObjectId(projectId) ? new Types.ObjectId(String(projectId)) : new Types.ObjectId() };
}

function shown({ _id, name, notes, restricted }: Pick<Project, '_id' | 'name' | 'notes' | 'restricted'>) {
  return { id: String(_id), name, notes, restricted };
}

/** Reads the fields of a body. Throws `invalid-input` for a field of the wrong type. */
function fieldsOf(request: Request): Partial<Pick<Project, 'name' | 'notes' | 'restricted'>> {
  const { name, notes, restricted } = (request.body ?? {}) as Record<string, unknown>; // express.json lets only objects and lists through
  if (name !== undefined && (typeof name !== 'string' || name === '')) throw invalid('name');
  if (notes !== undefined && typeof notes !== 'string') throw invalid('notes');
  if (restricted !== undefined && typeof restricted !== 'boolean') throw invalid('restricted');
  return { ...(name !== undefined && { name }), ...(notes !== undefined && { notes }), ...(restricted !== undefined && { restricted }) };
}

function invalid(name: string): AppError {
  return new AppError('invalid-input', { errors: [{ field: `body.${name}`, message: 'is missing or has the wrong form' }] });
}
