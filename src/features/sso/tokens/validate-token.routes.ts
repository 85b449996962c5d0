import { z } from 'zod';
import { actorOf } from '../../../platform/changes/actor.ts';
import { string } from '../../../http/input/fields.ts';
import { defineRoute } from '../../../http/route/define-route.ts';
import type { ProviderService } from '../provider.service.ts';
import { providerIdField } from '../provider.shape.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';
import { stepShape, stepView } from '../traces/login-trace.shape.ts';
import { invalidReasons } from './validate-token.ts';
import type { TokenTrials } from './validate-token.ts';

export interface ValidateTokenRouteDeps {
  readonly trials: TokenTrials;
  readonly findProvider: ProviderService['find'];
  readonly usable: UsableProviders;
}

/** A token of a provider, of any form: what is wrong with it is the answer. */
export const externalTokenField = string({ min: 1, max: 65_536 });

const verdictShape = z.object({
  valid: z.boolean(), reason: z.enum(invalidReasons).optional(), userId: z.string().optional(),
  claims: z.record(z.string(), z.unknown()).optional(), steps: z.array(stepShape),
});

/** The URL that says whether a token would get in. */
export function createValidateTokenRoutes({ trials, findProvider, usable }: ValidateTokenRouteDeps) {
  return [
    defineRoute({
      method: 'POST', url: '/identity-providers/validate-token', id: 'validateProviderToken',
      summary: 'Whether an access token of an identity provider would get in, and why not',
      description: 'A dry run: it changes nothing and opens no session. It is about the live revision, or about a draft. '
        + '`userId` is absent if the token would make a user.',
      actsInTenant: true,
      input: { body: { providerId: providerIdField, token: externalTokenField } },
      output: verdictShape,
      errors: ['provider-not-found'],
      async handler(context) {
        const { providerId, token } = context.input.body;
        const actor = actorOf(context);
        const { revision, live } = await findProvider(actor.tenantId, providerId);
        const provider = await usable.find(providerId, live?.revision ?? revision);
        const { steps, claims, ...verdict } = await trials.validate(actor, provider, token);
        return { ...verdict, ...(claims && { claims: { ...claims } }), steps: steps.map(stepView) };
      },
    }),
  ];
}
