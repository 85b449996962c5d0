import { createOpenApi } from '../../src/http/openapi/openapi.ts';
import { mountedRouteOf } from '../../src/http/route/mount-routes.ts';
import { closeAnswers } from '../support/client/closed-document.ts';
import type { PublishedDocument } from '../support/client/closed-document.ts';
import { documentedOperations } from '../support/client/operations.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';

interface Published extends PublishedDocument {
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
}

const gatehouse = await startGatehouse();
const document = (await gatehouse.anonymous.get('/openapi.json', 200)).body as unknown as Published; // what it is
const operations = await documentedOperations(gatehouse.anonymous);

describe('/openapi.json', () => {
  it('names every operation by a verb and what it is about, each once', () => {
    const ids = operations.map(({ operationId = '' }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const word = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
    const madeOf = (path: string) => path.replaceAll('{', 'by/').split(/[^A-Za-z0-9]+/).map(word).join('');
    expect(operations.filter(({ method, path, operationId }) => operationId === method.toLowerCase() + madeOf(path))).toEqual([]);
    const isNamed = (id: string) => /^[a-z]+(?:[A-Z][A-Za-z]*)+$/.test(id) && !/^(?:get|post|put|patch|delete)(?:Admin|Users[A-Z])/.test(id);
    expect(ids.filter((id) => !isNamed(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(['loginUser', 'assignRole', 'listUsers', 'updateRights', 'checkPermissions']));
  });

  it('groups by subject, each with a description, and health last', () => {
    expect(document.tags.map(({ name }) => name).at(-1)).toBe('Health');
    for (const { description } of document.tags) expect(description).toMatch(/^[A-Z].*\.$/);
    expect(new Set(operations.flatMap(({ tags = [] }) => tags))).toEqual(new Set(document.tags.map(({ name }) => name)));
  });

  it('names what clients keep, and says no dialect that viewers warn about', () => {
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(
      ['User', 'Role', 'Session', 'Group', 'Membership', 'Tenant', 'Client', 'AuditRecord', 'Policy', 'Right', 'Problem', 'NewPolicy'],
    ));
    expect(Object.keys(document)).not.toContain('jsonSchemaDialect');
    expect(JSON.stringify(document.paths)).not.toContain('anyOf":[{"type');
  });

  it('is made of a closed document by opening the answers, and of nothing else', () => {
    const { stack } = gatehouse.gatehouse.routes() as unknown as Stack; // what express keeps in a router
    const routes = stack.flatMap(({ route }) => route?.stack ?? []).flatMap(({ handle }) => mountedRouteOf(handle) ?? []);
    expect(routes.length).toBe(operations.length);
    const describe = (closed: boolean) => createOpenApi(
      [{ name: 'all', routes }], { title: '', version: '', accessOf: () => 'auth', closed },
    ) as unknown as PublishedDocument;
    const [open, closed] = [describe(false), describe(true)];
    expect(closeAnswers(open)).toEqual(closed);
    expect(JSON.stringify(open).length).toBeLessThan(JSON.stringify(closed).length);
  });
});

interface Stack {
  readonly stack: readonly { readonly route?: { readonly stack: readonly { readonly handle: unknown }[] } }[];
}
