import { actorOf } from '../../platform/changes/actor.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import type { ClientService } from './client.service.ts';
import {
  clientIdField, clientName, clientRoles, clientShape, clientWithSecretShape, clientView, clientViewWithSecret,
} from './client.shape.ts';

const targetErrors = ['client-not-found', 'target-outranks-caller'] as const;

const clientPage = pageOf(clientShape);

/** The URLs under /clients/ about clients: services that call without a user. */
export function createClientRoutes({ clients }: { readonly clients: ClientService }) {
  return [
    defineRoute({
      method: 'GET', url: '/clients/load', id: 'listClients', summary: 'List clients',
      actsInTenant: true,
      input: { query: pageFields },
      output: clientPage,
      errors: [],
      async handler({ input: { query }, caller }) {
        const { items, nextCursor } = await clients.load(caller.tenantId, query);
        return { items: items.map(clientView), nextCursor };
      },
    }),
    defineRoute({
      method: 'POST', url: '/clients/create', id: 'createClient', summary: 'Create a client, with a secret that is shown once', status: 201,
      actsInTenant: true,
      description: '`roles` is a list of roleIds. Callers cannot create a client with grants that they do not have themselves.',
      input: { body: { name: clientName, roles: clientRoles } },
      output: clientWithSecretShape,
      errors: ['tenant-full', 'role-not-found', 'superadmin-not-inherited', 'grants-exceed-own'],
      handler: async (context) => clientViewWithSecret(await clients.create(actorOf(context), context.caller, context.input.body)),
    }),
    defineRoute({
      method: 'POST', url: '/clients/rotate-secret', id: 'rotateClientSecret',
      summary: 'Replace the secret of a client. The new one is shown once',
      actsInTenant: true,
      description: 'The old secret and all sessions of the client end at once.',
      input: { body: { clientId: clientIdField } },
      output: clientWithSecretShape,
      errors: targetErrors,
      handler: async (context) => clientViewWithSecret(
        await clients.rotateSecret(actorOf(context), context.caller, context.input.body.clientId),
      ),
    }),
    ...([
      ['disable', false, 'Refuse a client at once, and end its sessions'], ['enable', true, 'Enable a disabled client'],
    ] as const).map(([name, isActive, summary]) => defineRoute({
      method: 'POST', url: `/clients/${name}`, id: `${name}Client`, summary,
      actsInTenant: true,
      input: { body: { clientId: clientIdField } },
      output: clientShape,
      errors: targetErrors,
      handler: async (context) => clientView(
        await clients.setActive(actorOf(context), context.caller, context.input.body.clientId, isActive),
      ),
    })),
    defineRoute({
      method: 'DELETE', url: '/clients/delete', id: 'deleteClient', summary: 'Delete a client, and end its sessions',
      actsInTenant: true,
      input: { query: { clientId: clientIdField } },
      errors: targetErrors,
      async handler(context) {
        await clients.remove(actorOf(context), context.caller, context.input.query.clientId);
        return undefined;
      },
    }),
  ];
}
