import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { applyPatch } from '../patch/apply-patch.ts';
import { readPatch } from '../patch/read-patch.ts';
import { readResourceBody } from '../read-resource.ts';
import { ScimError } from '../scim-error.ts';
import type { ResourceType, ScimResource, ScimValues } from '../scim.types.ts';
import type { ScimResourceStore } from '../store/scim-resource.store.ts';
import type { ScimClient } from './scim-ports.types.ts';

/** Changes the resources of one type. Each call is one transaction. */
export interface ScimResourceService {
  /** Throws `invalidSyntax`, `invalidValue`, `uniqueness`, and what the ports throw. */
  create(actor: Actor, client: ScimClient, body: unknown): Promise<ScimResource>;
  /** The same, and 404. */
  replace(actor: Actor, client: ScimClient, id: string, body: unknown): Promise<ScimResource>;
  /** The same, and `invalidPath`, `invalidFilter`, `mutability`, `noTarget`. */
  patch(actor: Actor, client: ScimClient, id: string, body: unknown): Promise<ScimResource>;
  /** Throws 404. */
  remove(actor: Actor, client: ScimClient, id: string): Promise<void>;
}

/** What a change of a resource does besides, in the same transaction. `before` or `after` is undefined for a new or a deleted one. */
export type FollowChange = (
  tx: ChangeTransaction, client: ScimClient, id: string, before: ScimValues | undefined, after: ScimValues | undefined,
) => Promise<void>;

export interface ScimResourceDeps {
  readonly type: ResourceType;
  readonly store: Pick<ScimResourceStore, 'find' | 'create' | 'write' | 'remove'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly newId: () => string;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly followChange: FollowChange;
}

/** Creates the service that changes the resources of one type. */
export function createScimResourceService(
  { type, store, changes, newId, clock, followChange }: ScimResourceDeps,
): ScimResourceService {
  async function requireResource({ session }: ChangeTransaction, { tenantId, providerId }: ScimClient, id: string): Promise<ScimResource> {
    const found = await store.find({ tenantId, providerId, session }, id);
    if (!found) throw new ScimError(404, undefined, 'There is no such resource.');
    return found;
  }

  const change = (actor: Actor, client: ScimClient, id: string, next: (before: ScimValues) => ScimValues) => (
    changes.transact(actor, async (tx) => {
      const before = await requireResource(tx, client, id);
      const values = next(before.values);
      const isSame = JSON.stringify(values) === JSON.stringify(before.values);
      const after = isSame ? before : { ...before, values, changedAt: new Date(clock()) };
      if (!isSame) await store.write(tx, client.providerId, after);
      await followChange(tx, client, id, before.values, values);
      return after;
    }));

  return {
    async create(actor, client, body) {
      const values = readResourceBody(type, body);
      const id = newId();
      return changes.transact(actor, async (tx) => {
        const now = new Date(clock());
        const resource = { id, values, createdAt: now, changedAt: now };
        await store.create(tx, client.providerId, resource);
        await followChange(tx, client, id, undefined, values);
        return resource;
      });
    },
    replace: (actor, client, id, body) => change(actor, client, id, (before) => readResourceBody(type, body, before)),
    async patch(actor, client, id, body) {
      const operations = readPatch(body);
      return change(actor, client, id, (before) => applyPatch(type, before, operations));
    },
    remove: (actor, client, id) => changes.transact(actor, async (tx) => {
      const { values } = await requireResource(tx, client, id);
      await store.remove(tx, client.providerId, id);
      await followChange(tx, client, id, values, undefined);
    }),
  };
}
