import { z } from 'zod';
import { idField } from '../../http/input/fields.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import type { IdentityService, NamedIdentity } from './identity.service.ts';
import { identityShape, identityView } from './identity.shape.ts';

const listShape = z.object({ items: z.array(identityShape) });
const listView = (found: readonly NamedIdentity[]) => (
  { items: found.map(({ identity, providerName }) => identityView(identity, providerName)) });

/** The URLs about identities: one's own, and those of others. */
export function createIdentityRoutes(identities: Pick<IdentityService, 'listOf' | 'unlink'>) {
  return [
    defineRoute({
      method: 'GET', url: '/profile/identities', id: 'listOwnIdentities', summary: 'The caller\'s identities at identity providers',
      output: listShape,
      errors: ['user-not-found'],
      handler: async ({ caller }) => listView(await identities.listOf(caller.tenantId, caller.userId)),
    }),
    defineRoute({
      method: 'DELETE', url: '/profile/identities/:identityId', id: 'unlinkOwnIdentity',
      summary: 'Unlink one of the caller\'s identities, and end the sessions that it opened',
      description: 'The roles that the provider gave end at once. The last way to log in cannot be unlinked.',
      input: { params: { identityId: idField } },
      errors: ['user-not-found', 'identity-not-found', 'last-way-in'],
      async handler(context) {
        const { caller, input: { params: { identityId } } } = context;
        await identities.unlink(actorOf(context), caller, caller.userId, identityId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET', url: '/admin/load-identities/:userId', id: 'listIdentities', summary: 'The identities of a user at identity providers',
      actsInTenant: true,
      input: { params: { userId: idField } },
      output: listShape,
      errors: ['user-not-found'],
      handler: async ({ caller, input: { params: { userId } } }) => listView(await identities.listOf(caller.tenantId, userId)),
    }),
    defineRoute({
      method: 'POST', url: '/admin/unlink-identity', id: 'unlinkIdentity',
      summary: 'Unlink an identity of a user, and end the sessions that it opened',
      actsInTenant: true,
      description: 'The roles that the provider gave end at once. The user stays, also without another way to log in.',
      input: { body: { userId: idField, identityId: idField } },
      errors: ['user-not-found', 'identity-not-found', 'target-outranks-caller', 'last-way-in'],
      async handler(context) {
        const { caller, input: { body: { userId, identityId } } } = context;
        await identities.unlink(actorOf(context), caller, userId, identityId);
        return undefined;
      },
    }),
  ];
}
