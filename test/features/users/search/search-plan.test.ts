import { randomBytes } from 'node:crypto';
import { searchWordsOf } from '../../../../src/features/users/search/search-words.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { proof } from '../../../support/proof.ts';

/** A stage of a plan, and those that feed it. */
interface Stage {
  readonly stage: string;
  readonly indexName?: string;
  readonly inputStage?: Stage;
}

interface Explained {
  readonly queryPlanner: { readonly winningPlan: Stage };
  readonly executionStats: { readonly totalDocsExamined: number };
}

describe('the plans of lists of users', () => {
  const users = proof({ short: 1_000, ci: 10_000, full: 50_000 });
  const limit = 20;
  let server: TestGatehouse;
  let finds: Record<string, unknown>[] = [];
  let knowsPlans = false;

  beforeAll(async () => {
    const database = await createDatabase('fast');
    knowsPlans = database.isFast;
    server = await startGatehouse({ database, monitorCommands: true });
    const { userId } = await server.newUser();
    const user = await server.stores.users.findOne({ tenantId: 'default', _id: userId }).orFail().lean();
    for (let from = 0; from < (knowsPlans ? users : 1_000); from += 5_000) {
      const copies = Array.from({ length: Math.min(5_000, users - from) }, (_, index) => {
        const email = `copy-${from + index}@example.com`;
        const searchWords = searchWordsOf({ email, firstName: `Name${from + index}` });
        const lastLoginAt = new Date(1_700_000_000_000 + index);
        return { ...user, _id: randomBytes(12).toString('hex'), email, emailKey: email, searchWords, lastLoginAt };
      });
      await server.connection.collection('users').insertMany(copies as never); // ids are texts here
    }
    server.connection.getClient().on('commandStarted', ({ command }) => {
      const { find, filter, sort, limit: most, hint } = command as Record<string, unknown>;
      if (find === 'users' && sort !== undefined) finds.push({ find, filter, sort, limit: most, ...(hint !== undefined && { hint }) });
    });
  }, 300_000);

  /** The plans of the queries for one page, and of those for the page after it. */
  async function plansOf(query: string): Promise<Explained[]> {
    finds = [];
    const { nextCursor } = (await server.superadmin.get(`/admin/load-users?limit=${limit}&${query}`, 200)).body;
    if (nextCursor !== null) await server.superadmin.get(`/admin/load-users?limit=${limit}&${query}&cursor=${nextCursor}`, 200);
    const { db } = server.connection;
    return Promise.all(finds.map(async (find) => (
      (await db?.command({ explain: find, verbosity: 'executionStats' })) as unknown as Explained))); // what explain answers
  }

  const stagesOf = (stage: Stage): Stage[] => [stage, ...(stage.inputStage ? stagesOf(stage.inputStage) : [])];

  it.each([
    ['search=name123', 'tenantId_1_searchWords_1__id_1', 2_000],
    ['search=name12%20copy', 'tenantId_1_searchWords_1__id_1', 2_000],
    ['search=name12&sort=-lastLoginAt&verified=false&active=true', 'tenantId_1_searchWords_1__id_1', 2_000],
    ['', 'tenantId_1__id_1', limit + 1],
    ['sort=-createdAt', 'tenantId_1__id_1', limit + 1],
    ['sort=email', 'tenantId_1_emailKey_1__id_1', limit + 1],
    ['sort=-email', 'tenantId_1_emailKey_1__id_1', limit + 1],
    ['sort=lastLoginAt', 'tenantId_1_lastLoginAt_1__id_1', limit + 1],
    ['sort=-lastLoginAt', 'tenantId_1_lastLoginAt_1__id_1', limit + 1],
    ['sort=lastLoginAt&lastLoginBefore=2023-11-14T22:13:20.010Z', 'tenantId_1_lastLoginAt_1__id_1', limit + 1],
  ])('among many users, "%s", the index %s and no collection scan', async (query, index, most) => {
    const plans = await plansOf(query);
    expect(plans.length).toBeGreaterThan(0);
    if (!knowsPlans) return;
    for (const { queryPlanner, executionStats } of plans) {
      const stages = stagesOf(queryPlanner.winningPlan);
      expect([query, stages.map(({ stage }) => stage).includes('COLLSCAN')]).toEqual([query, false]);
      expect([query, stages.at(-1)?.stage, stages.at(-1)?.indexName]).toEqual([query, 'IXSCAN', index]);
      expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(most);
    }
  });

  it('total, as many as there are, up to 10,000', async () => {
    const { total } = (await server.superadmin.get('/admin/load-users?search=copy', 200)).body;
    expect(total).toBe(Math.min(knowsPlans ? users : 1_000, 10_000));
  });
});
