import { runChecks } from '../../../../src/features/sso/checks.ts';
import { claimsIn, headerChecks } from '../../../../src/features/sso/header/header-checks.ts';
import type { HeaderRequest } from '../../../../src/features/sso/header/header-checks.ts';
import { createProxyList } from '../../../../src/features/sso/header/proxy-list.ts';

const secret = 'a shared secret of 32 characters';
const configuration = { header: 'x-user', secretHeader: 'x-secret', groupsHeader: 'x-groups' };
const good: Readonly<Record<string, readonly string[]>> = { 'x-user': ['ann'], 'x-secret': [secret], 'x-groups': ['staff,eng'] };

const requestWith = (changes: Record<string, readonly string[]>, more: Partial<HeaderRequest> = {}): HeaderRequest => (
  { configuration, secret, isFromProxy: true, valuesOf: (name) => ({ ...good, ...changes })[name] ?? [], ...more });

/** "in", or the step that refused it. */
async function judge(request: HeaderRequest, leftOut?: string): Promise<string> {
  const steps = await runChecks(headerChecks.filter(({ step }) => step !== leftOut), request);
  return steps.find(({ ok }) => !ok)?.step ?? 'in';
}

const cases: readonly [name: string, step: string, request: HeaderRequest][] = [
  ['another address', 'proxy', requestWith({}, { isFromProxy: false })],
  ['no secret', 'secret', requestWith({ 'x-secret': [] })], ['an empty secret', 'secret', requestWith({ 'x-secret': [''] })],
  ['another secret', 'secret', requestWith({ 'x-secret': [`${secret}x`] })],
  ['a part of the secret', 'secret', requestWith({ 'x-secret': [secret.slice(0, -1)] })],
  ['the secret twice', 'secret', requestWith({ 'x-secret': [secret, secret] })],
  ['the secret and another one', 'secret', requestWith({ 'x-secret': ['x', secret] })],
  ['a provider without a secret', 'secret', requestWith({}, { secret: undefined })],
  ['a provider without a secret, and no secret', 'secret', requestWith({ 'x-secret': [] }, { secret: undefined })],
  ['no person', 'header', requestWith({ 'x-user': [] })], ['an empty person', 'header', requestWith({ 'x-user': [''] })],
  ['two persons', 'header', requestWith({ 'x-user': ['ann', 'bob'] })],
  ['the person twice', 'header', requestWith({ 'x-user': ['ann', 'ann'] })],
  ['a person in Latin-1', 'header', requestWith({ 'x-user': ['Ren\u00e9'] })],
  ['two headers of groups', 'groups', requestWith({ 'x-groups': ['staff', 'admins'] })],
  ['groups in Latin-1', 'groups', requestWith({ 'x-groups': ['\u00e9'] })],
];

describe('the checks of a trusted header', () => {
  it.each(cases)('%s, is refused at %s, and the good request is not', async (_name, step, request) => {
    expect(await judge(requestWith({}))).toBe('in');
    expect(await judge(request)).toBe(step);
    expect(await judge(request, step)).toBe('in');
  });

  it('the cases, leave no check out', () => {
    expect(headerChecks.map(({ step }) => step).filter((step) => !cases.some(([, each]) => each === step))).toEqual([]);
  });

  it('the claims, are the texts of the headers in UTF-8', () => {
    const name = Buffer.from('Rene\u0301 李').toString('latin1');
    expect(claimsIn(requestWith({ 'x-user': [name] }))).toEqual({ subject: 'Rene\u0301 李', groups: 'staff,eng' });
    expect(claimsIn(requestWith({ 'x-groups': [] }))).toEqual({ subject: 'ann' });
  });
});

describe('createProxyList', () => {
  it.each([
    ['10.0.0.7', true], ['10.0.0.8', false], ['10.1.200.3', true], ['10.2.0.1', false], ['fd00::1', true], ['fe80::1', false],
    ['127.0.0.1', true], ['::1', true], ['', false], ['10.0.0.7.example', false],
  ])('%s, is in the list: %s', (address, isIn) => {
    expect(createProxyList(['10.0.0.7', '10.1.0.0/16', 'fd00::/8', 'loopback'])(address)).toBe(isIn);
  });

  it('without entries, or for a connection that is gone, has nobody', () => {
    expect([createProxyList([])('127.0.0.1'), createProxyList(['loopback'])(null)]).toEqual([false, false]);
  });
});
