import type { Configuration } from 'openid-client';
import type { BecomingProvider } from '../../identities/identity.types.ts';
import type { OidcConfiguration } from '../provider.types.ts';
import { answerChecks } from './answer-checks.ts';
import type { ProviderAnswer } from './answer-checks.ts';
import { allHold, runChecks } from '../checks.ts';
import type { NamedCheck, CheckedStep } from '../checks.ts';
import { exchangeCode } from './code-exchange.ts';
import type { CodeExchange, CodeOrder } from './code-exchange.ts';
import { groupsKnown, hasMoreGroups } from './claims/groups-overage.ts';
import type { GroupsAnswer } from './claims/groups-overage.ts';
import { idTokenChecks, verifyIdToken } from './id-token.ts';
import type { IdTokenRules } from './id-token.ts';
import { algorithmsOf } from './oidc-client.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { ProviderKeys } from './signed-token.ts';
import { addUserinfo, missingClaims, readUserinfo, userinfoChecks } from './claims/userinfo.ts';
import type { WantedClaims } from './claims/wanted-claims.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Every list of checks of an answer. Only a test leaves one out, to see which case notices. */
export const callbackChecks = {
  answer: answerChecks, idToken: idTokenChecks, userinfo: userinfoChecks, groups: [groupsKnown] as readonly NamedCheck<GroupsAnswer>[],
};

export interface CallbackOrder {
  readonly provider: Pick<BecomingProvider, 'provisioning'> & { readonly configuration: OidcConfiguration };
  readonly metadata: ProviderMetadata;
  readonly client: Configuration;
  readonly keys: ProviderKeys;
  readonly wanted: WantedClaims;
  /** What this login sent, and what came back for it. */
  readonly login: Pick<CodeOrder, 'state' | 'nonce' | 'verifier'> & Pick<IdTokenRules, 'authenticatedFrom'>;
  readonly parameters: URLSearchParams;
  readonly redirectUri: string;
  /** s since 1970 */
  readonly now: number;
}

/** What a provider proved about a person. */
export interface ProvedPerson {
  readonly claims: Claims;
  /** Those of the ID token alone: what says how and when the person was authenticated is read from here. */
  readonly idClaims: Claims;
  readonly hasMoreGroups: boolean;
}

export type CallbackVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly person: ProvedPerson }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/**
 * Judges what a browser brought back, exchanges its code, and verifies the ID token.
 *
 * Never throws for what the browser or the provider sent: the last step names the check that did not hold. That the answer belongs to
 * this browser, and that it comes for the first time, must be certain before.
 */
export async function judgeCallback(order: CallbackOrder, checks = callbackChecks): Promise<CallbackVerdict> {
  const { parameters, metadata, wanted, provider: { provisioning } } = order;
  const answer: ProviderAnswer = { parameters, metadata };
  const answerSteps = await runChecks(checks.answer, answer);
  if (!allHold(answerSteps)) return { ok: false, steps: answerSteps };
  const token = await provePerson(order, checks);
  const steps = [...answerSteps, ...token.steps];
  if (!token.ok) return { ok: false, steps };
  const { idClaims, accessToken } = token;
  const more = await completeClaims(order, idClaims, accessToken, checks);
  if (!more.ok) return { ok: false, steps: [...steps, ...more.steps] };
  const groups: GroupsAnswer = {
    claims: more.claims, groupClaims: wanted.groups, allowsUnmatched: provisioning.unmatched === 'default',
  };
  const all = [...steps, ...more.steps, ...await runChecks(checks.groups, groups)];
  if (!allHold(all)) return { ok: false, steps: all };
  return { ok: true, steps: all, person: { claims: more.claims, idClaims, hasMoreGroups: hasMoreGroups(groups) } };
}

type ProvedToken =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly idClaims: Claims; readonly accessToken: string }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** Exchanges the code. A token that the library refused is judged by our own checks too, because they name what is wrong. */
async function provePerson(order: CallbackOrder, checks: typeof callbackChecks): Promise<ProvedToken> {
  const { client, parameters, redirectUri, login } = order;
  const callbackUrl = new URL(redirectUri);
  callbackUrl.search = parameters.toString();
  const { received, mismatch } = await exchangeCode({ client, callbackUrl, ...login });
  const exchange = exchangeStep(mismatch);
  if (!received) return { ok: false, steps: [exchangeStep(mismatch ?? { expected: 'an ID token and an access token' })] };
  const { configuration } = order.provider;
  const verdict = await verifyIdToken(received.idToken, {
    issuer: configuration.issuer, audience: configuration.clientId, algorithms: algorithmsOf(configuration), keys: order.keys,
    now: order.now, nonce: login.nonce, accessToken: received.accessToken, authenticatedFrom: login.authenticatedFrom,
  }, checks.idToken);
  if (!verdict.ok) return { ok: false, steps: verdict.steps };
  if (mismatch) return { ok: false, steps: [...verdict.steps, exchange] };
  return { ok: true, steps: [exchange, ...verdict.steps], idClaims: verdict.claims, accessToken: received.accessToken };
}

const exchangeStep = (mismatch: CodeExchange['mismatch']): CheckedStep => ({ step: 'exchange', ok: !mismatch, ...mismatch });

type CompletedClaims =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly claims: Claims }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** Asks the userinfo endpoint for what the mapping reads and the ID token does not have. */
async function completeClaims(
  { client, metadata, wanted }: CallbackOrder, idClaims: Claims, accessToken: string, checks: typeof callbackChecks,
): Promise<CompletedClaims> {
  const missing = missingClaims(idClaims, wanted);
  if (missing.length === 0 || metadata.userinfo_endpoint === undefined) return { ok: true, steps: [], claims: idClaims };
  const answer = await readUserinfo(client, accessToken);
  if ('mismatch' in answer) return { ok: false, steps: [{ step: 'userinfo', ok: false, ...answer.mismatch }] };
  const both = { idClaims, userinfo: answer.userinfo };
  const steps = await runChecks(checks.userinfo, both);
  return allHold(steps) ? { ok: true, steps, claims: addUserinfo(both, missing) } : { ok: false, steps };
}
