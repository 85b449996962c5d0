import type { Logger } from 'pino';
import type { Module } from '../../platform/module.ts';
import { createFindSelfAsserting } from './self-asserted-policies.ts';
import type { FindSelfAssertingDeps } from './self-asserted-policies.ts';

const advice = 'a policy has a condition on subject.username, firstName or lastName, which users choose themselves: '
  + 'such an attribute counts as missing; compare subject.id or subject.email instead';

/** Creates the module of policies. At the start it warns of stored policies with conditions that never hold. */
export function createPoliciesModule({ logger, ...deps }: FindSelfAssertingDeps & { readonly logger: Pick<Logger, 'warn'> }) {
  const findSelfAsserting = createFindSelfAsserting(deps);
  return {
    name: 'policies',
    routes: [],
    async start() {
      for (const named of await findSelfAsserting()) logger.warn(named, advice);
    },
  } satisfies Module;
}
