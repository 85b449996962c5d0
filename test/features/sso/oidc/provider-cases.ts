import type { HostileCase } from './hostile-case.ts';

const answer = (status: number, body: unknown) => () => ({ status, body });
const hangsUp = () => ({ hangsUp: true as const });
const wantsGroups = { mapping: { subject: 'sub', email: 'email', groups: 'groups' } };

/** What the token endpoint answers. The library is the only check of it. */
const exchangeCases: readonly HostileCase[] = ([
  ['another client secret', answer(401, { error: 'invalid_client' })], ['a used code', answer(400, { error: 'invalid_grant' })],
  ['a fault', answer(500, {})], ['a redirect', answer(302, {})], ['no connection', hangsUp], ['a page', answer(200, '<html>')],
  ['no ID token', (good) => ({ ...good, id_token: undefined })], ['null as the ID token', (good) => ({ ...good, id_token: null })],
  ['a number as the ID token', (good) => ({ ...good, id_token: 7 })], ['no access token', (good) => ({ ...good, access_token: undefined })],
  ['a token of another type', (good) => ({ ...good, token_type: 'mac' })],
  ['no type of the token', (good) => ({ ...good, token_type: undefined })],
] satisfies readonly (readonly [string, NonNullable<NonNullable<HostileCase['forge']>['tokens']>])[]).map(([name, tokens]) => ({
  name: `exchange: ${name}`, step: 'exchange', without: 'exchange', forge: { tokens },
}));

const userinfoCases: readonly HostileCase[] = ([
  ['another person', (good) => ({ ...good, sub: 'bob' }), 'in'], ['a person in other letters', (good) => ({ ...good, sub: 'Ann' }), 'in'],
  ['nobody', (good) => ({ ...good, sub: undefined })], ['a number', (good) => ({ ...good, sub: 7 })],
  ['a fault', answer(500, {})], ['not allowed', answer(401, {})], ['no connection', hangsUp], ['a page', answer(200, '<html>')],
] satisfies readonly (readonly [string, NonNullable<NonNullable<HostileCase['forge']>['userinfo']>, string?])[]).map(
  ([name, userinfo, without = 'userinfo']) => (
    { name: `userinfo: ${name}`, step: 'userinfo', without, forge: { userinfo }, provider: wantsGroups }));

/** Cases about what the endpoints of a provider answer. */
export const providerCases: readonly HostileCase[] = [
  ...exchangeCases, ...userinfoCases,
  {
    name: 'groups: more than the token holds', step: 'groups', without: 'in', provider: wantsGroups,
    forge: { claims: (good) => ({ ...good, _claim_names: { groups: 'elsewhere' }, _claim_sources: { elsewhere: { endpoint: 'https://x' } } }) },
  },
];
