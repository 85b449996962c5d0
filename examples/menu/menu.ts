import { randomUUID } from 'node:crypto';
import express from 'express';
import { createVerifier, publicRoute, requirePermission } from 'express-gatehouse/verifier';
import type { VerifierOptions } from 'express-gatehouse/verifier';

interface Item {
  readonly id: string;
  readonly name: string;
  readonly price: number;
}

/** Creates the menu of a restaurant. Everybody may read it, and the token says who may change it. Items are stored in memory. */
export function createMenu(options: VerifierOptions) {
  const items = new Map<string, Item>();
  const readJson = express.json();
  const verifier = createVerifier(options);
  const app = express();
  app.use(verifier.authenticator); // identifies the caller

  app.get('/items', publicRoute, (_request, response) => void response.json({ items: [...items.values()] }));

  app.post('/items', requirePermission('create:items'), readJson, (request, response) => {
    const item = readItem(request.body, randomUUID());
    if (!item) { response.status(422).json({ message: 'An item has a name and a price.' }); return; }
    items.set(item.id, item);
    response.status(201).json(item);
  });

  app.put('/items/:itemId', requirePermission('update:items'), readJson, (request, response) => {
    const { itemId } = request.params;
    const item = readItem(request.body, String(itemId));
    if (!item || !items.has(item.id)) { response.status(item ? 404 : 422).end(); return; }
    items.set(item.id, item);
    response.json(item);
  });

  app.delete('/items/:itemId', requirePermission('delete:items'), (request, response) => {
    response.status(items.delete(String(request.params['itemId'])) ? 204 : 404).end();
  });

  app.use(verifier.errorHandler);
  verifier.protect(app); // throws if a route has no guard; until here, every request is answered 503
  return app;
}

function readItem(body: unknown, id: string): Item | undefined {
  const { name, price } = (body ?? {}) as Record<string, unknown>; // express.json lets only objects and lists through
  return typeof name === 'string' && typeof price === 'number' ? { id, name, price } : undefined;
}
