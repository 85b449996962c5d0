import { bodyOf } from '../../../support/answers.ts';
import type { Answer, Client } from '../../../support/client/client.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { ForgingProvider } from '../../../support/sso/forging-provider.ts';
import { markTested, providerBody } from '../provider-content.ts';
import type { NewProviderBody } from '../provider-content.ts';
import { newChallenge, returnTo } from './company.ts';

/** A browser with its cookies. It follows no redirect. */
export type Jar = Map<string, string>;

/** A tenant whose provider is a forging one. */
export interface ForgedCompany {
  readonly admin: Client;
  readonly tenantId: string;
  /** Of the tenant. */
  readonly name: string;
  readonly providerId: string;
  /** Begins a login and answers where the browser is sent. */
  begin(jar: Jar, query?: Readonly<Record<string, string>>): Promise<{ readonly location: string; readonly codeVerifier: string }>;
  /** Opens an address of Gatehouse with the cookies of a browser. */
  open(jar: Jar, path: string): Promise<Answer>;
  /** Goes to the provider and comes back with its answer. */
  comeBack(jar: Jar, location: string): Promise<Answer>;
  /** A whole login up to its code. */
  newCode(): Promise<{ readonly code: string; readonly codeVerifier: string }>;
}

/** The code that an app gets. Throws if the login was refused. */
export function codeIn({ status, headers, body }: Answer): string {
  if (status !== 303) throw new Error(`The login was answered with ${status}: ${String(body).slice(-400)}`);
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? '';
}

/** Creates a tenant with an active provider that is a forging one. */
export async function connectForge(
  gatehouse: TestGatehouse, forge: ForgingProvider, content: Partial<NewProviderBody> = {},
): Promise<ForgedCompany> {
  const { anonymous } = gatehouse;
  const { admin: { client: admin }, tenantId, name } = await gatehouse.newTenant();
  const provider = bodyOf(await admin.post('/identity-providers/create', providerBody({
    configuration: { issuer: forge.issuer, clientId: forge.clientId, clientAuthentication: 'basic', algorithms: ['ES256'] },
    secrets: { clientSecret: forge.clientSecret }, provisioning: { create: true }, ...content,
  }), 201));
  const { providerId } = provider;
  await markTested(gatehouse, provider);
  await admin.post('/identity-providers/activate', { providerId, revision: 1 }, 200);

  async function open(jar: Jar, path: string): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await anonymous.send('GET', path, { headers: { Cookie: cookie, Host: 'gate.example.com' } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      if (line.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  async function begin(jar: Jar, query: Readonly<Record<string, string>> = {}) {
    const { codeVerifier, codeChallenge } = newChallenge();
    const sent = new URLSearchParams({ providerId, returnTo, codeChallenge, ...query });
    const answer = await open(jar, `/sso/start?${sent.toString()}`);
    if (answer.status !== 303) throw new Error(`The start answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return { location: answer.headers.get('location') ?? '', codeVerifier };
  }

  const comeBack = (jar: Jar, location: string) => open(jar, `/sso/callback/${providerId}?${forge.authorize(location)}`);

  return {
    admin, tenantId, name, providerId, open, begin, comeBack,
    async newCode() {
      const jar: Jar = new Map();
      const { location, codeVerifier } = await begin(jar);
      const back = await comeBack(jar, location);
      return { code: codeIn(back), codeVerifier };
    },
  };
}
