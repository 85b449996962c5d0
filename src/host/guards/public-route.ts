import type { RequestHandler } from 'express';
import { markGuard } from './guard.ts';

/** Says of a route that it asks for nothing on purpose: `app.get('/items', publicRoute, list)`. */
export const publicRoute: RequestHandler = markGuard((_request, _response, next) => next(), { isPublic: true });
