import { z } from 'zod';
import type { Protocol } from '../provider.types.ts';
import { stepShape, stepView } from '../traces/login-trace.shape.ts';
import type { ProviderTest } from './provider-test.model.ts';

const wouldShape = z.object({
  would: z.string(), userId: z.string().optional(), email: z.string().optional(), code: z.string().optional(),
  roles: z.array(z.object({ roleId: z.string(), because: z.string() })),
});

/** A test as it is answered. Nobody but the admins of the tenant sees claims. */
export const providerTestShape = z.object({
  testId: z.string(), providerId: z.string(), revision: z.number().int(), result: z.enum(['pending', 'passed', 'failed']),
  steps: z.array(stepShape), testUrl: z.string().optional(), claims: z.record(z.string(), z.unknown()).optional(),
  would: wouldShape.optional(),
}).meta({ id: 'ProviderTest' });

/** A test whose login can be made at `testUrl`, while it is pending. */
export function providerTestView({ _id, providerId, revision, result, steps, claims, would }: ProviderTest, testUrl?: string) {
  return {
    testId: _id, providerId, revision, result, steps: steps.map(stepView), ...(testUrl !== undefined && { testUrl }),
    ...(claims !== undefined && { claims: readClaims(claims) }),
    ...(would && { would: { ...would, roles: would.roles.map((role) => ({ ...role })) } }),
  };
}

/** The URL at which the login of a test begins; undefined if the protocol has no login in a browser, or the test is over. */
export function testUrlOf(publicUrl: string, protocol: Protocol, { _id, providerId, result }: ProviderTest): string | undefined {
  return protocol === 'OIDC' && result === 'pending' ? `${publicUrl}/sso/start?providerId=${providerId}&test=${_id}` : undefined;
}

/** Claims that were too long are cut, and then are no JSON any more. */
function readClaims(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>; // written from a record
  } catch {
    return { cut: text };
  }
}
