import type { RequestHandler } from 'express';
import { markGuard } from './guard.ts';

/** Marks a route as public on purpose: `app.get('/items', publicRoute, list)`. */
export const publicRoute: RequestHandler = markGuard((_request, _response, next) => next(), { isPublic: true });
