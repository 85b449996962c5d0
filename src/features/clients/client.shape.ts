import { z } from 'zod';
import { list, string } from '../../http/input/fields.ts';
import { instant } from '../../http/route/output.ts';
import { roleName } from '../roles/role.shape.ts';
import type { Client } from './client.model.ts';
import type { ClientWithSecret } from './client.types.ts';

export const clientShape = z.object({
  clientId: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  isActive: z.boolean(),
  createdAt: instant,
  /** When the secret was created. */
  secretAt: instant,
  lastUsedAt: instant.optional(),
}).meta({ id: 'Client' });

/** The only answer that contains the secret. */
export const clientWithSecretShape = clientShape.extend({ secret: z.string() }).meta({ id: 'NewClientSecret' });

export function clientView({ _id, ...client }: Client) {
  return { ...client, clientId: _id };
}

export function clientViewWithSecret({ client, secret }: ClientWithSecret) {
  return { ...clientView(client), secret };
}

export const clientIdField = string({ min: 1, max: 64 });
export const clientName = string({ min: 1, max: 128, trim: true });
export const clientRoles = list(roleName, { max: 100 });
