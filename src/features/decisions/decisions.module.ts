import type { ClientSession, Connection } from 'mongoose';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { createClientPrincipals } from '../clients/client.store.ts';
import type { createKnowledge } from '../../platform/cache/invalidation.ts';
import { inTransaction } from '../../platform/database/transactions.ts';
import type { createHeldReader } from '../grants/grant-resolver.ts';
import { createEachHolder } from '../grants/each-principal.ts';
import { createLongWork } from './long-work.ts';
import { createPermissionService } from './decision.service.ts';
import type { PermissionServiceDeps } from './decision.service.ts';
import { createPreview } from '../preview/preview.service.ts';
import type { PreviewDeps } from '../preview/preview.service.ts';
import { createSubjects } from './subject-cache.ts';
import type { SubjectDeps } from './subject-cache.ts';
import { createFindWhoCan } from './who-can.service.ts';
import { contentOf } from '../grants/right-set.service.ts';
import type { createRightSetService } from '../grants/right-set.service.ts';
import type { Stores } from '../../platform/database/database.ts';
import { attributesOf } from '../users/user.attributes.ts';

interface QuestionServicesDeps {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly registry: () => UrlRegistry;
  readonly changes: ChangeService;
  readonly held: ReturnType<typeof createHeldReader>;
  readonly principals: ReturnType<typeof createClientPrincipals>;
  readonly rightSets: ReturnType<typeof createRightSetService>;
  readonly knowledge: ReturnType<typeof createKnowledge>;
  readonly isFresh: SubjectDeps['isFresh'];
  readonly onLookup: NonNullable<SubjectDeps['onLookup']>;
  readonly spend: PermissionServiceDeps['spend'];
  readonly previewed: PreviewDeps['routes'];
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Wires who answers questions about what others may: checks, explanations, `who-can` and previews of changes. */
export function createQuestionServices({
  connection, stores, registry, changes, held, principals, rightSets, knowledge, isFresh, onLookup, spend, previewed, clock,
}: QuestionServicesDeps) {
  const eachHolder = createEachHolder({ model: stores.users, readHeldOfAll: held.readHeldOfAll });
  const readUsers = async (tenantId: string, userIds: readonly string[], session?: ClientSession) => [
    ...await stores.users.find({ tenantId, _id: { $in: [...userIds] } }, null, { session: session ?? null }).lean(),
    ...await principals.readAll(tenantId, userIds, session),
  ];
  const beginLongWork = createLongWork();
  const subjects = createSubjects({
    clock, beginLongWork, attributesOf, compile: (tenantId, own) => rightSets.compile(tenantId, contentOf(own)), takeMarks: knowledge.takeMarks, isFresh, onLookup,
    readHeldOf: (tenantId, userIds) => inTransaction(connection, async (snapshot) => (
      held.readHeldOfAll(tenantId, await readUsers(tenantId, userIds, snapshot), snapshot))),
  });
  return {
    preview: createPreview({ registry, changes, eachHolder, clock, routes: previewed }),
    permissionService: createPermissionService({
      registry, clock, readHeld: held.readHeld, attributesOf, readUsers, findSubjects: subjects.find, beginLongWork, spend,
      findWhoCan: createFindWhoCan({ registry, clock, eachHolder, beginLongWork, attributesOf }),
    }),
  };
}
