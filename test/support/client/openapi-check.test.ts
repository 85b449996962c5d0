import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from './client.ts';

const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A document with one path, whose answer is a list of what `Item` says; `Item` refers to `Id`. */
function documentWith(path: string, id: object) {
  const content = { 'application/json': { schema: { type: 'array', items: component('Item') } } };
  return {
    paths: { [path]: { get: { responses: { 200: { content } } } } },
    components: { schemas: { Item: { type: 'object', required: ['id'], properties: { id: component('Id') } }, Id: id } },
  };
}

/** Serves a document, and one body at every other path. */
async function serve(document: object, body: unknown, port = 0) {
  const server = createServer((request, response) => {
    // A connection that is kept would lead to a server that is closed.
    response.setHeader('Connection', 'close').setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(request.url === '/openapi.json' ? document : body));
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // what a server on a port has
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function ask(document: object, body: unknown, path = '/items', port = 0): Promise<number> {
  const served = await serve(document, body, port);
  try {
    const client = createClient(`http://127.0.0.1:${served.port}`);
    await client.get(path, 200);
    await client.withToken('another').get(path, 200);
    return served.port;
  } finally {
    await served.close();
  }
}

describe('the check of each answer', () => {
  const text = documentWith('/items', { type: 'string' });
  const number = documentWith('/items', { type: 'number' });

  it('a body that fits, and one that does not fit a component of a component', async () => {
    await ask(text, [{ id: 'one' }]);
    await expect(ask(text, [{ id: 1 }])).rejects.toThrow('does not fit /openapi.json');
    await expect(ask(text, [{}])).rejects.toThrow('does not fit /openapi.json');
  });

  it('schemas that differ in a component alone, have a validator each', async () => {
    await ask(number, [{ id: 1 }]);
    await ask(text, [{ id: 'one' }]);
    await expect(ask(number, [{ id: 'one' }])).rejects.toThrow('does not fit /openapi.json');
  });

  it('a status that is not described, is refused', async () => {
    const undescribed = { ...text, paths: { '/items': { get: { responses: {} } } } };
    await expect(ask(undescribed, [])).rejects.toThrow('which /openapi.json does not name');
  });

  it('another server on the port of one that is closed, is held against its own document', async () => {
    const port = await ask(text, [{ id: 'one' }]);
    await ask(number, [{ id: 1 }], '/items', port);
    await ask(documentWith('/things', { type: 'string' }), [{ id: 'one' }], '/things', port);
    await expect(ask(text, [{ id: 1 }], '/items', port)).rejects.toThrow('does not fit /openapi.json');
  });
});
