import { AppError } from '../../../src/errors/errors.ts';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { string } from '../../../src/http/input/fields.ts';
import { isMountedByGatehouse, mountedRouteOf, mountRoutes } from '../../../src/http/route/mount-routes.ts';
import { serveRoutes } from './serve.ts';

describe('the pass check', () => {
  it('runs nothing, the pass is of another route, 500 before body, input and handler', async () => {
    let runs = 0;
    const asked: string[] = [];
    const route = defineRoute({
      method: 'POST',
      url: '/items',
      summary: 'Counts.',
      errors: [],
      input: { body: { name: string({ max: 9 }) } },
      handler: () => {
        runs += 1;
        return undefined;
      },
    });
    const server = await serveRoutes([route], {
      takePass: (request, method, url) => {
        asked.push(`${method} ${url} ${'body' in request}`);
        throw new AppError('route-mismatch');
      },
    });
    const answer = await server.call('POST', '/Items/', { body: '{ no json' });
    await server.close();
    expect(answer).toMatchObject({ status: 500, json: { code: 'route-mismatch' } });
    expect([runs, asked]).toEqual([0, ['POST /items false']]);
  });

  it('asks, HEAD, for the GET route', async () => {
    const asked: string[] = [];
    const route = defineRoute({ method: 'GET', url: '/items', summary: 'None.', errors: [], handler: () => undefined });
    const server = await serveRoutes([route], {
      takePass: (_request, method, url) => {
        asked.push(`${method} ${url}`);
        return null;
      },
    });
    await server.call('HEAD', '/items');
    await server.close();
    expect(asked).toEqual(['GET /items']);
  });
});

describe('mountRoutes', () => {
  it('marks its handlers, so that others can be distinguished', () => {
    const route = defineRoute({ method: 'GET', url: '/items', summary: 'None.', errors: [], handler: () => undefined });
    const router = mountRoutes([route], { takePass: () => null });
    const handle: unknown = router.stack[0]?.route?.stack[0]?.handle;
    expect(mountedRouteOf(handle)).toBe(route);
    expect([isMountedByGatehouse(handle), isMountedByGatehouse(() => undefined), isMountedByGatehouse('x')]).toEqual([true, false, false]);
  });
});

describe('defineRoute', () => {
  const rest = { summary: 'x', errors: [], handler: () => undefined } as const;
  it('refuses, parameters that are not those of the URL', () => {
    expect(() => defineRoute({ method: 'GET', url: '/a/:b', ...rest })).toThrow('GET /a/:b has the parameters [b] but declares [].');
    expect(() => defineRoute({ method: 'GET', url: '/a', input: { params: { b: string({ max: 1 }) } }, ...rest })).toThrow('declares [b]');
  });

  it('refuses, a body on GET or DELETE', () => {
    expect(() => defineRoute({ method: 'DELETE', url: '/a', input: { body: { b: string({ max: 1 }) } }, ...rest }))
      .toThrow('DELETE /a must not declare a body.');
  });

  it('refuses, field names that objects inherit', () => {
    expect(() => defineRoute({ method: 'POST', url: '/a', input: { body: { constructor: string({ max: 1 }) } }, ...rest }))
      .toThrow('"constructor" cannot be the name of a field.');
  });
});
