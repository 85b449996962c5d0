import { randomBytes } from 'node:crypto';
import type { BegunLogin, HostileCase } from './hostile-case.ts';

/** Changes one parameter of the query. */
const parameter = (name: string, change: (value: string) => string) => ({ query }: BegunLogin) => {
  const parameters = new URLSearchParams(query);
  parameters.set(name, change(parameters.get(name) ?? ''));
  return { query: parameters.toString() };
};
const without = (name: string) => ({ query }: BegunLogin) => {
  const parameters = new URLSearchParams(query);
  parameters.delete(name);
  return { query: parameters.toString() };
};
const added = (text: string | ((begun: BegunLogin) => string)) => (begun: BegunLogin) => (
  { query: `${begun.query}&${typeof text === 'string' ? text : text(begun)}` });
const repeated = (name: string) => added(({ query }) => `${name}=${new URLSearchParams(query).get(name)}`);
const cookieOf = (change: (value: string) => string) => ({ jar, cookie }: BegunLogin) => (
  { jar: new Map(jar).set(cookie, change(jar.get(cookie) ?? '')) });
/** Another last character. */
const otherEnd = (text: string) => `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`;
const random = () => randomBytes(49).toString('base64url').slice(0, 65);

/** The browser: whose cookie, which state, which provider, when. Without the check of the browser, the cookie is compared once more. */
export const bindingCases: readonly HostileCase[] = [
  { name: 'a browser without the cookie', step: 'browser', without: 'once', browser: () => ({ jar: new Map() }) },
  { name: 'a cookie with another end', step: 'browser', without: 'once', browser: cookieOf(otherEnd) },
  { name: 'an empty cookie', step: 'browser', without: 'once', browser: cookieOf(() => '') },
  { name: 'the cookie sent twice', step: 'browser', without: 'once', browser: ({ cookie }) => ({ twice: [cookie] }) },
  {
    name: 'the cookie of another login of the same browser', step: 'browser', without: 'once',
    browser: async ({ jar, cookie, other }) => ({ jar: new Map(jar).set(cookie, [...(await other()).jar.values()][0] ?? '') }),
  },
  {
    name: 'the answer of another browser', step: 'browser', without: 'once',
    browser: async ({ jar, other }) => ({ query: (await other()).query, jar }),
  },
  { name: 'no state', step: 'transaction', without: 'expiry', browser: without('state') },
  { name: 'an empty state', step: 'transaction', without: 'expiry', browser: parameter('state', () => '') },
  { name: 'a shorter state', step: 'transaction', without: 'expiry', browser: parameter('state', (state) => state.slice(0, -1)) },
  { name: 'a longer state', step: 'transaction', without: 'expiry', browser: parameter('state', (state) => `${state}A`) },
  { name: 'a state that was never issued', step: 'transaction', without: 'expiry', browser: parameter('state', random) },
  {
    name: 'the id of a login alone as the state', step: 'transaction', without: 'expiry',
    browser: parameter('state', (state) => state.slice(0, 22)),
  },
  { name: 'a state with another end', step: 'state', without: 'exchange', browser: parameter('state', otherEnd) },
  {
    name: 'a state of the right id and other random bits', step: 'state', without: 'exchange',
    browser: parameter('state', (state) => `${state.slice(0, 22)}${random().slice(0, 43)}`),
  },
  { name: 'the callback of another provider', step: 'provider', without: 'in', browser: () => ({ providerId: `acme.${'b'.repeat(24)}` }) },
  {
    name: 'the callback of a provider of another tenant', step: 'transaction', without: 'expiry',
    browser: () => ({ providerId: `other.${'a'.repeat(24)}` }),
  },
  {
    name: 'an answer after 10 minutes', step: 'expiry', without: 'in',
    browser({ expire }) {
      expire();
      return {};
    },
  },
  {
    name: 'an answer that came before', step: 'transaction', without: 'expiry',
    async browser({ world, providerId, jar, query }) {
      const copy = new Map(jar);
      await world.finish(providerId, { query, jar: copy });
      return {};
    },
  },
  {
    name: 'a provider that was switched off in the meantime', step: 'provider', without: 'provider',
    browser({ world, providerId }) {
      world.putProvider(providerId, { status: 'inactive' });
      return {};
    },
  },
  {
    name: 'a provider that was pointed elsewhere in the meantime', step: 'provider', without: 'provider',
    browser({ world, providerId }) {
      world.putProvider(providerId, { revision: 2 });
      return {};
    },
  },
];

/** The parameters that a browser brings back. */
export const answerCases: readonly HostileCase[] = [
  { name: 'the same state twice', step: 'parameters', without: 'exchange', browser: repeated('state') },
  { name: 'two codes', step: 'parameters', without: 'exchange', browser: added('code=other') },
  { name: 'the same code twice', step: 'parameters', without: 'exchange', browser: repeated('code') },
  { name: 'two codes, one of them written otherwise', step: 'parameters', without: 'exchange', browser: added('%63ode=other') },
  { name: 'two issuers', step: 'parameters', without: 'exchange', browser: added('iss=https%3A%2F%2Fother.example') },
  { name: 'an unknown parameter twice', step: 'parameters', without: 'in', browser: added('lang=en&lang=de') },
  { name: 'no issuer, from a provider that always names it', step: 'answer-iss', without: 'exchange', browser: without('iss') },
  { name: 'the issuer of another provider', step: 'answer-iss', without: 'exchange', browser: parameter('iss', () => 'https://other.example') },
  { name: 'an issuer with a slash at its end', step: 'answer-iss', without: 'exchange', browser: parameter('iss', (iss) => `${iss}/`) },
  { name: 'an issuer in other letters', step: 'answer-iss', without: 'exchange', browser: parameter('iss', (iss) => iss.toUpperCase()) },
  { name: 'an empty issuer', step: 'answer-iss', without: 'exchange', browser: parameter('iss', () => '') },
  { name: 'no code', step: 'code', without: 'exchange', browser: without('code') },
  { name: 'an empty code', step: 'code', without: 'exchange', browser: parameter('code', () => '') },
  { name: 'a code of 9 kB', step: 'code', without: 'exchange', browser: parameter('code', () => 'x'.repeat(9_000)) },
  { name: 'a code that the provider did not issue', step: 'exchange', without: 'exchange', browser: parameter('code', random) },
  {
    name: 'the code of another login', step: 'exchange', without: 'exchange',
    async browser(begun) {
      const { query } = await begun.other();
      return parameter('code', () => new URLSearchParams(query).get('code') ?? '')(begun);
    },
  },
  { name: 'an error beside a code', step: 'answer', without: 'exchange', browser: added('error=access_denied') },
  { name: 'an error that is no code of OAuth', step: 'answer', without: 'exchange', browser: added('error=%3Cscript%3E') },
  { name: 'an answer as a JWT', step: 'answer', without: 'exchange', browser: added('response=a.b.c') },
  { name: 'an ID token beside the code', step: 'answer', without: 'exchange', browser: added('id_token=a.b.c') },
  { name: 'an access token beside the code', step: 'answer', without: 'in', browser: added('access_token=abc') },
  { name: 'a token beside the code', step: 'answer', without: 'exchange', browser: added('token=abc') },
];
