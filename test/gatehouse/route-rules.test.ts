import { errorTable } from '../../src/errors/table.ts';
import { documentedOperations } from '../support/client/operations.ts';
import type { DocumentedOperation } from '../support/client/operations.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';

const { anonymous } = await startGatehouse();
const operations = await documentedOperations(anonymous);

/** The roots of URLs by which administrators work on what a tenant holds. */
const administered = ['/admin/', '/audit/', '/clients/', '/groups/', '/identity-providers/', '/memberships/', '/permissions/', '/roles/'];
const nameOf = ({ method, path }: DocumentedOperation) => `${method} ${path}`;

/** The administered operations that superadmins of the platform cannot use in other tenants. */
function withoutTenant(all: readonly DocumentedOperation[]): string[] {
  return all.filter(({ path, parameters = [] }) => administered.some((root) => path.startsWith(root))
    && !parameters.some((each) => each.in === 'query' && each.name === 'tenant')).map(nameOf);
}

/** The error codes of an operation, as its responses list them. */
function codesOf({ responses }: DocumentedOperation): string[] {
  return Object.keys(errorTable).filter((code) => JSON.stringify(responses).includes(`"${code}"`));
}

describe('the routes of a Gatehouse', () => {
  it('under administered roots, all take the name of a tenant', () => {
    expect(operations.filter(({ path }) => path.startsWith('/roles/')).length).toBeGreaterThan(9);
    expect(withoutTenant(operations)).toEqual([]);
  });

  it('under administered roots, one that takes no name of a tenant is found', () => {
    const planted: DocumentedOperation = { method: 'GET', path: '/roles/planted', 'x-access': 'auth', responses: {} };
    expect(withoutTenant([...operations, planted])).toEqual(['GET /roles/planted']);
  });

  it('of preview, documents the errors of every change that can be previewed, and its own', () => {
    const preview = operations.filter((operation) => nameOf(operation) === 'POST /roles/preview').flatMap(codesOf);
    const previewed = /^\/(roles|groups|memberships)\/|^\/identity-providers\/(update|activate|deactivate|delete)$/;
    const changes = operations.filter(({ method, path }) => method !== 'GET' && previewed.test(path) && path !== '/roles/preview');
    expect(changes.length).toBeGreaterThan(9);
    // A preview changes nothing, so it needs no recent login.
    const codes = changes.flatMap(codesOf).filter((code) => code !== 'recent-login-required');
    expect(new Set(preview)).toEqual(new Set(['not-previewable', ...codes]));
  });
});
