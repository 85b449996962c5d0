import { errorTable } from '../../src/errors/table.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import type { Answer } from '../support/client/client.ts';
import { expectOAuthError, expectProblem } from '../support/expect-error.ts';
import { createCallerScenarios } from './caller-scenarios.ts';
import { startErrorWorld } from './error-world.ts';
import { createRequestScenarios } from './request-scenarios.ts';
import { createServerScenarios } from './server-scenarios.ts';

const world = await startErrorWorld();
const scenarios: Record<ErrorCode, () => Promise<Answer>> = {
  ...createCallerScenarios(world), ...createRequestScenarios(world), ...createServerScenarios(world),
};

describe('error codes', () => {
  it('scenarios, beside the table, are for exactly its codes', () => {
    expect(Object.keys(scenarios).sort()).toEqual(Object.keys(errorTable).sort());
  });

  for (const [code, meet] of Object.entries(scenarios) as [ErrorCode, () => Promise<Answer>][]) {
    it(`${code}, really met, answers ${errorTable[code].status} in its form and nothing of the inside`, async () => {
      const answer = await meet();
      ('oauth' in errorTable[code] ? expectOAuthError : expectProblem)(code, answer);
    });
  }

  it('extras, of the codes that have some, are there', async () => {
    expect((await scenarios['invalid-input']()).body).toMatchObject({ errors: [{ field: 'body.email' }, { field: 'body.isActive' }] });
    expect((await scenarios['right-missing']()).body).toMatchObject({ required: 'GET /admin/load-users' });
    expect((await scenarios['right-not-registered']()).body).toMatchObject({ errors: [{ field: 'body.rights[0]' }] });
    expect((await scenarios['permission-missing']()).body).toMatchObject({ required: 'read:items/7' });
    expect((await scenarios['role-missing']()).body).toMatchObject({ required: 'role staff' });
    expect((await scenarios['permission-not-known']()).body).toMatchObject({ errors: [{ field: 'body.permissions[1]' }] });
    expect((await scenarios['role-in-use']()).body).toMatchObject({ users: 2 });
  });
});
