import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import type { DnsServer } from '../../support/dns-server.ts';
import { eventually } from '../../support/eventually.ts';
import { startMailbox } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';

const day = 24 * 3_600_000;
const [first, second, mailbox] = [await startDnsServer(), await startDnsServer(), await startMailbox()];
const settings = testSettings({
  DNS_SERVERS: `${first.address},${second.address}`, SMTP_URL: mailbox.url,
  SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a password of the superadmin',
});
const gatehouse = await startGatehouse({ settings });

let counter = 0;
const newDomain = () => `firm-${(counter += 1)}.example`;
type Admin = TestGatehouse['superadmin'];
const newAdmin = async () => (await gatehouse.newTenant()).admin.client;
const add = async (by: Admin, domain: string, query: '' | `?tenant=${string}` = '') => bodyOf(
  await by.post(`/domains/add${query}`, { domain }, 201),
);
const publishAt = (servers: readonly DnsServer[], { record, value }: { record: string; value: string }) => {
  for (const server of servers) server.publish(record, 'v=spf1 -all', [value.slice(0, 9), value.slice(9)]);
};
const load = async (by: Admin, domain: string) => itemsOf(await by.get('/domains/load', 200)).find((each) => each.domain === domain);

/** A domain that a new tenant has verified. */
async function newVerified() {
  const [admin, domain] = [await newAdmin(), newDomain()];
  const claim = await add(admin, domain);
  publishAt([first, second], claim);
  await admin.post('/domains/verify', { domain }, 200);
  return { admin, domain, claim };
}

/** Starts another node whose clock is ahead: it begins with all checks that are due. */
async function checkAfter(milliseconds: number): Promise<void> {
  const node = await startGatehouse({
    settings, database: gatehouse.database, logsIn: false, clock: () => Date.now() + milliseconds,
  });
  const due = { nextCheckAt: { $lte: new Date(Date.now() + milliseconds) } };
  await eventually(async () => await gatehouse.stores.domains.collection.countDocuments(due) === 0);
  await node.close(); // waits for the check that is running
}

describe('/domains/', () => {
  it('domain with its record at both servers, is verified; again it is the same; without the record, nothing changes', async () => {
    const [admin, domain] = [await newAdmin(), newDomain()];
    const claim = await add(admin, domain);
    expect(claim).toMatchObject({ domain, status: 'pending', record: `_gatehouse.${domain}`, withoutProof: false });
    expect(claim.value).toMatch(/^gatehouse-domain=[\w-]{22}$/);
    expect(await add(admin, domain.toUpperCase())).toEqual(claim);
    expect(codeOf(await admin.post('/domains/verify', { domain }, 409))).toBe('domain-not-verified');
    expect((await load(admin, domain))?.status).toBe('pending');
    publishAt([first, second], claim);
    expect(bodyOf(await admin.post('/domains/verify', { domain }, 200))).toMatchObject({ status: 'verified' });
    expect(bodyOf(await admin.post('/domains/verify', { domain }, 200))).toMatchObject({ status: 'verified' });
    const records = itemsOf(await admin.get(`/audit/load?action=domain.verify`, 200));
    expect(records).toMatchObject([{ target: { kind: 'domain', id: domain }, after: { status: 'verified' } }]);
  });

  it('record with another value, of another tenant, at one of two servers, or with a server that fails: not verified', async () => {
    const [admin, other, domain] = [await newAdmin(), await newAdmin(), newDomain()];
    const claim = await add(admin, domain);
    const refused = async () => codeOf(await admin.post('/domains/verify', { domain }, 409));
    for (const value of [`${claim.value}x`, claim.value.toUpperCase(), claim.value.slice(17), (await add(other, domain)).value]) {
      publishAt([first, second], { ...claim, value });
      expect(await refused()).toBe('domain-not-verified');
    }
    publishAt([first], claim);
    expect(await refused()).toBe('domain-not-verified');
    publishAt([second], claim);
    second.fail(true);
    expect(await refused()).toBe('domain-not-verified');
    second.fail(false);
    await admin.post('/domains/verify', { domain }, 200);
  });

  it('public domain, is refused, also when a superadmin vouches for it', async () => {
    for (const domain of ['gmail.com', 'Outlook.COM', 'gmx.de']) {
      expect(codeOf(await gatehouse.superadmin.post('/domains/add', { domain, withoutProof: true }, 422))).toBe('domain-public');
    }
  });

  it('claims of others, block nobody; of two with a proof, the first has the domain until it gives it up', async () => {
    const { admin, domain } = await newVerified();
    const other = await newAdmin();
    publishAt([first, second], await add(other, domain));
    expect(codeOf(await other.post('/domains/verify', { domain }, 409))).toBe('domain-taken');
    await admin.delete(`/domains/delete?domain=${domain}`, 204);
    expect(codeOf(await admin.delete(`/domains/delete?domain=${domain}`, 404))).toBe('domain-not-found');
    await other.post('/domains/verify', { domain }, 200);
  });

  it('superadmin, vouches for a domain in a tenant; a tenant admin cannot', async () => {
    const { admin: { client: admin }, name } = await gatehouse.newTenant();
    const domain = newDomain();
    expect(codeOf(await admin.post('/domains/add', { domain, withoutProof: true }, 403))).toBe('domain-proof-required');
    const { superadmin } = gatehouse;
    expect(bodyOf(await superadmin.post(`/domains/add?tenant=${name}`, { domain, withoutProof: true }, 201)))
      .toMatchObject({ status: 'verified', withoutProof: true });
    const records = itemsOf(await admin.get('/audit/load?action=domain.verify', 200));
    expect(records).toMatchObject([{ after: { withoutProof: true } }]);
    await checkAfter(30 * day);
    expect((await load(admin, domain))?.status).toBe('verified');
  });

  it('domain of a tenant, set by a superadmin, cannot be taken by another; a verified one cannot be given to another', async () => {
    const given = newDomain();
    const { name, tenantId } = await gatehouse.newTenant({ domain: given });
    const other = await newAdmin();
    publishAt([first, second], await add(other, given));
    expect(codeOf(await other.post('/domains/verify', { domain: given }, 409))).toBe('domain-taken');
    const { domain } = await newVerified();
    expect(codeOf(await gatehouse.superadmin.put('/tenants/update', { tenantId, domain }, 409))).toBe('domain-taken');
    publishAt([first, second], await add(gatehouse.superadmin, given, `?tenant=${name}`));
    await gatehouse.superadmin.post(`/domains/verify?tenant=${name}`, { domain: given }, 200);
  });

  it('tenant of a superadmin without the domain, cannot be reached by a tenant admin', async () => {
    const { name } = await gatehouse.newTenant();
    expect(codeOf(await (await newAdmin()).send('GET', `/domains/load?tenant=${name}`, { expected: 403 }))).toBe('tenant-not-yours');
  });
});

describe('the daily check', () => {
  it('record that is there, is looked up once a day by one of two nodes', async () => {
    const { admin, domain } = await newVerified();
    const before = first.asked();
    await Promise.all([checkAfter(day / 2), checkAfter(day / 2)]);
    expect(first.asked()).toBe(before);
    await Promise.all([checkAfter(1.1 * day), checkAfter(1.1 * day)]);
    const { checkedAt = '' } = await load(admin, domain) ?? {};
    expect(Date.parse(checkedAt)).toBeGreaterThan(Date.now() + day);
  });

  it('record gone for 7 days, takes the domain from its tenant and tells the admins; gone for less, nothing', async () => {
    const { admin, domain, claim } = await newVerified();
    publishAt([first], { ...claim, value: 'gatehouse-domain=other' }); // one of the servers is enough
    await checkAfter(1.1 * day);
    expect(await load(admin, domain)).toMatchObject({ status: 'verified', missingSince: expect.any(String) as string });
    publishAt([first], claim);
    await checkAfter(2.2 * day);
    expect((await load(admin, domain))?.missingSince).toBeUndefined();
    for (const server of [first, second]) server.publish(claim.record);
    await checkAfter(3.3 * day);
    await checkAfter(10.2 * day);
    expect((await load(admin, domain))?.status).toBe('verified');
    await checkAfter(10.4 * day);
    expect((await load(admin, domain))?.status).toBe('lost');
    await startGatehouse({ settings, database: gatehouse.database, logsIn: false, clock: () => Date.now() + 10.5 * day }); // sends it
    expect((await mailbox.next(({ subject }) => subject.includes(domain))).to).toMatch(/^(boss|first)@/);
    const records = itemsOf(await gatehouse.superadmin.get(`/audit/load?action=domain.lose`, 200));
    expect(records).toEqual([]); // the trail of the tenant has it
    expect(itemsOf(await admin.get('/audit/load?action=domain.lose', 200))).toMatchObject([{ userId: null, target: { id: domain } }]);
    const other = await newAdmin();
    publishAt([first, second], await add(other, domain));
    await other.post('/domains/verify', { domain }, 200);
  });

  it('servers that fail, take nothing away', async () => {
    const { admin, domain } = await newVerified();
    for (const server of [first, second]) server.fail(true);
    for (const days of [12, 20, 30]) await checkAfter(days * day);
    for (const server of [first, second]) server.fail(false);
    const claim = await load(admin, domain);
    expect([claim?.status, claim?.missingSince]).toEqual(['verified', undefined]);
  });
});
