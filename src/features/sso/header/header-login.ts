import { AppError } from '../../../errors/errors.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { AssertedPerson, Becoming, PersonReading } from '../../identities/identity.types.ts';
import type { OpenedSession, SessionService } from '../../sessions/session.types.ts';
import { allHold, runChecks } from '../checks.ts';
import type { CheckedStep } from '../checks.ts';
import { isSubject } from '../oidc/claim-checks.ts';
import type { HeaderConfiguration, UsableProvider } from '../provider.types.ts';
import { tenantOfProvider } from '../providers/usable-providers.ts';
import type { UsableProviders } from '../providers/usable-providers.ts';
import { realmOf } from '../realm.ts';
import type { TokenSessions } from '../tokens/open-token-session.ts';
import { refusalOf, userStep } from '../tokens/refuse.ts';
import type { NoteRefused, Refused } from '../tokens/refuse.ts';
import type { ProviderTestStore } from '../trials/provider-test.store.ts';
import { outcomeOf } from '../trials/test-outcome.ts';
import type { ProviderTests } from '../trials/provider-tests.service.ts';
import { claimsIn, headerChecks } from './header-checks.ts';
import type { HeaderRequest } from './header-checks.ts';

export interface ProxiedRequest extends Pick<HeaderRequest, 'isFromProxy' | 'valuesOf'> {
  readonly providerId: string;
  readonly host: string;
}

/** Logs in the person whom a trusted proxy names in a header. */
export interface HeaderLogins {
  /**
   * Throws `sso-refused` for every check that does not hold, and the codes with which a person does not get in, both with a reference.
   */
  logIn(actor: Actor, request: ProxiedRequest): Promise<OpenedSession>;
  /** The same for a pending test: no session is opened, and the test is over. Throws `sso-refused`. */
  test(actor: Actor, request: ProxiedRequest, testId: string): Promise<'passed' | 'failed'>;
}

export interface HeaderLoginDeps extends PersonReading {
  readonly usable: Pick<UsableProviders, 'find'>;
  readonly tokenSessions: Pick<TokenSessions, 'admit'>;
  readonly open: SessionService['open'];
  readonly becoming: Pick<Becoming, 'wouldBecome'>;
  readonly tests: Pick<ProviderTests, 'finish'> & { readonly find: ProviderTestStore['find'] };
  /** Whether a tenant is active and takes logins of providers, and this host is not that of another one. */
  readonly isOpen: (tenantId: string, host: string) => Promise<boolean>;
  readonly noteRefused: NoteRefused;
  /** ms since 1970 */
  readonly clock: () => number;
}

type HeaderProvider = UsableProvider & { readonly configuration: HeaderConfiguration };

type Read = { readonly steps: readonly CheckedStep[]; readonly person: AssertedPerson | null };

function asHeader(provider: UsableProvider | null): HeaderProvider | null {
  return provider && isHeader(provider) ? provider : null;
}

function isHeader(provider: UsableProvider): provider is HeaderProvider {
  return provider.protocol === 'HEADER';
}

/** Creates the login by a trusted header. */
export function createHeaderLogins(deps: HeaderLoginDeps): HeaderLogins {
  const { usable, tokenSessions, open, becoming, tests, isOpen, noteRefused, mappingOf, subjectIn, clock } = deps;

  async function read(provider: HeaderProvider, { isFromProxy, valuesOf }: ProxiedRequest): Promise<Read> {
    const { configuration, secrets: { headerSecret: secret } } = provider;
    const request: HeaderRequest = { configuration, secret, isFromProxy, valuesOf };
    const steps = await runChecks(headerChecks, request);
    if (!allHold(steps)) return { steps, person: null };
    const claims = claimsIn(request);
    const mapping = mappingOf(provider);
    const subject = subjectIn(mapping, claims);
    if (!isSubject(subject)) {
      return { steps: [...steps, { step: 'subject', ok: false, expected: 'text of 1 to 255 characters' }], person: null };
    }
    const realm = realmOf(`header ${configuration.header}`, mapping['subject']);
    return { steps, person: { realm, subject, claims, hasMoreGroups: false } };
  }

  const refuse = async (actor: Actor, refused: Partial<Refused> = {}) => {
    const { code = 'sso-refused', steps = [], secrets = [] } = refused;
    return new AppError(code, await noteRefused(actor, { ...refused, code, steps, secrets }));
  };

  /** The tenant of the provider is that of the actor from here on. */
  async function enter(by: Actor, { providerId, host }: ProxiedRequest): Promise<Actor> {
    const tenantId = tenantOfProvider(providerId);
    if (tenantId === null || !await isOpen(tenantId, host)) throw await refuse(by);
    return { ...by, tenantId };
  }

  return {
    async logIn(by, request) {
      const actor = await enter(by, request);
      const provider = asHeader(await usable.find(request.providerId));
      if (provider?.status !== 'active') throw await refuse(actor);
      const secrets = request.valuesOf(provider.configuration.secretHeader);
      const { steps, person } = await read(provider, request);
      const traced = { providerId: provider._id, secrets };
      if (!person) throw await refuse(actor, { ...traced, steps });
      try {
        const proof = { amr: [], level: 1, at: new Date(clock()) } as const;
        const { user, auth, touch } = await tokenSessions.admit(actor, { provider, person, proof });
        return await open(actor, user, auth, touch);
      } catch (error) {
        const code = refusalOf(error);
        if (code === null) throw error;
        const answered = code === 'provider-not-found' || code === 'session-ended' ? 'sso-refused' : code;
        throw await refuse(actor, { ...traced, steps: [...steps, userStep(code)], code: answered });
      }
    },

    async test(by, request, testId) {
      const actor = await enter(by, request);
      const test = await tests.find(actor.tenantId, testId);
      const isPending = test?.result === 'pending' && test.providerId === request.providerId;
      const provider = isPending ? asHeader(await usable.find(request.providerId, test.revision)) : null;
      if (!provider) throw await refuse(actor);
      const secrets = request.valuesOf(provider.configuration.secretHeader);
      const { steps, person } = await read(provider, request);
      // Somebody without the secret must not end the test of another person.
      const isForeign = steps.some(({ step, ok }) => !ok && (step === 'proxy' || step === 'secret'));
      if (isForeign) throw await refuse(actor, { providerId: provider._id, secrets, steps });
      const would = person && await becoming.wouldBecome(actor, provider, person);
      const outcome = outcomeOf(steps, person?.claims, would);
      await tests.finish(actor, testId, { ...outcome, secrets });
      return outcome.result;
    },
  };
}
