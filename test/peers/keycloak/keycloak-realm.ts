import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { KeycloakAdmin } from './keycloak-admin.ts';
import { newPersonContent } from '../oidc-peer.ts';
import type { ClientUrls, OidcPeer, Person, PersonContent } from '../oidc-peer.ts';

const keyProviders = 'org.keycloak.keys.KeyProvider';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Puts the names of a person's groups into the tokens, without their path. */
const groupsMapper = {
  name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper',
  config: {
    'claim.name': 'groups', 'full.path': 'false', 'id.token.claim': 'true', 'access.token.claim': 'true', 'userinfo.token.claim': 'true',
  },
};

/** Makes a realm with nothing in it. It allows http, and hashes passwords fast. */
export async function createRealm(admin: KeycloakAdmin, url: string, realm: string): Promise<OidcPeer> {
  await admin.send('POST', '', {
    realm, enabled: true, sslRequired: 'none', passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    components: { [keyProviders]: [signingKey(1), { name: 'hmac', providerId: 'hmac-generated', config: { algorithm: ['HS512'] } },
      { name: 'aes', providerId: 'aes-generated', config: {} }] },
  });
  const send: KeycloakAdmin['send'] = (method, path, body) => admin.send(method, `/${realm}${path}`, body);
  const { id: realmId } = (await send('GET', '')).body as Named;

  async function setGroups({ subject }: Pick<Person, 'subject'>, names: readonly string[]): Promise<void> {
    const [all, held] = [await list('/groups'), await list(`/users/${subject}/groups`)];
    for (const { id } of held.filter(({ name }) => !names.includes(name))) await send('DELETE', `/users/${subject}/groups/${id}`);
    for (const name of names.filter((each) => !held.some((group) => group.name === each))) {
      const id = all.find((group) => group.name === name)?.id ?? (await send('POST', '/groups', { name })).createdId;
      await send('PUT', `/users/${subject}/groups/${id}`);
    }
  }

  async function list(path: string): Promise<readonly Named[]> {
    return (await send('GET', path)).body as readonly Named[]; // lists of Keycloak's representations
  }

  return {
    issuer: `${url}/realms/${realm}`,

    async newClient() {
      const [clientId, clientSecret] = [`client-${randomUUID()}`, randomUUID()];
      const client = {
        clientId, secret: clientSecret, protocol: 'openid-connect', publicClient: false, standardFlowEnabled: true,
        directAccessGrantsEnabled: false, redirectUris: [], protocolMappers: [groupsMapper],
      };
      const { createdId } = await send('POST', '/clients', client);
      return {
        clientId, clientSecret,
        setUrls: async (urls) => { await send('PUT', `/clients/${createdId}`, { ...client, ...clientUrls(urls) }); },
      };
    },

    async newPerson(content = {}) {
      const username = `ann-${randomUUID()}`;
      const person = { username, password: randomUUID() };
      const { groups, ...all } = newPersonContent(username, content);
      const credentials = [{ type: 'password', value: person.password, temporary: false }];
      const { createdId: subject } = await send('POST', '/users', { username, credentials, ...userContent(all) });
      if (groups.length > 0) await setGroups({ subject }, groups);
      return { ...person, subject, email: all.email };
    },

    async change(person, { groups, ...rest }) {
      if (groups) await setGroups(person, groups);
      if (Object.keys(rest).length === 0) return;
      const { body } = await send('GET', `/users/${person.subject}`);
      await send('PUT', `/users/${person.subject}`, { ...body as object, ...userContent(rest) });
    },

    async rotateKeys({ keepsOld = false } = {}) {
      const { body } = await send('GET', `/components?type=${keyProviders}`);
      const old = (body as readonly KeyProvider[]).filter(({ providerId }) => providerId === 'rsa');
      const priority = 1 + Math.max(...old.map(({ config }) => Number(config.priority[0])));
      await send('POST', '/components', { ...signingKey(priority), parentId: realmId, providerType: keyProviders });
      if (!keepsOld) for (const { id } of old) await send('DELETE', `/components/${id}`);
    },

    endSessions: async ({ subject }) => { await send('POST', `/users/${subject}/logout`); },
  };
}

interface KeyProvider {
  readonly id: string;
  readonly providerId: string;
  readonly config: { readonly priority: readonly string[] };
}

/** The key that signs, unless there is one with a higher priority. Keycloak itself needs seconds to make one. */
function signingKey(priority: number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    name: `key-${randomUUID()}`, providerId: 'rsa',
    config: {
      priority: [String(priority)], algorithm: ['RS256'], privateKey: [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    },
  };
}

function userContent({ isEnabled, ...rest }: Partial<Omit<PersonContent, 'groups'>>): object {
  return { ...rest, ...(isEnabled !== undefined && { enabled: isEnabled }) };
}

function clientUrls({ redirect, afterLogout, backChannelLogout }: ClientUrls): object {
  return {
    redirectUris: [redirect],
    attributes: {
      ...(afterLogout !== undefined && { 'post.logout.redirect.uris': afterLogout }),
      ...(backChannelLogout && {
        'backchannel.logout.url': backChannelLogout.url,
        'backchannel.logout.session.required': String(backChannelLogout.bySession),
      }),
    },
  };
}
