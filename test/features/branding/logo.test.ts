import { createHash, randomBytes } from 'node:crypto';
import { codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startMailbox } from '../../support/mailbox.ts';
import { deleteTenant } from '../../support/delete-tenant.ts';
import { testSettings } from '../../support/test-settings.ts';
import { accentFault, accentOf, contrast } from '../../../src/features/branding/accent.ts';
import { readLogo } from '../../../src/features/branding/logo.ts';
import { jpeg, png } from './images.ts';

const base64 = (bytes: Buffer) => bytes.toString('base64');
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');

/** Files that decoders read in another way than programs that look for sizes. */
const hidden = {
  png: Buffer.concat([png(9, 9).subarray(0, 8), Buffer.from('00000004436742490000000000000000', 'hex'), png(9, 9).subarray(8)]),
  jpeg: Buffer.concat([jpeg(9, 9).subarray(0, 2), Buffer.from([0xff]), jpeg(60_000, 60_000).subarray(2)]),
};

describe('the logo that is sent', () => {
  it.each([
    ['a PNG', png(120, 40), 'image/png'], ['a PNG of the greatest size', png(1_024, 1_024), 'image/png'],
    ['a JPEG', jpeg(300, 100), 'image/jpeg'],
  ])('%s, read with type and digest', (_what, bytes, contentType) => {
    expect(readLogo(base64(bytes))).toEqual({ contentType, bytes, digest: createHash('sha256').update(bytes).digest('hex') });
  });

  it.each([
    ['an SVG', svg], ['a GIF', Buffer.from('GIF89a\u0001\0\u0001\0\0\0\0;', 'latin1')], ['nothing', Buffer.alloc(0)],
    ['HTML behind a PNG', Buffer.concat([png(9, 9), Buffer.from('<script>')])], ['a PNG without its end', png(9, 9).subarray(0, -1)],
    ['a PNG with another first byte', Buffer.concat([Buffer.from([0]), png(9, 9).subarray(1)])],
    ['HTML that begins like a JPEG', Buffer.concat([Buffer.from('ffd8ff', 'hex'), Buffer.from('<script>'), Buffer.from('ffd9', 'hex')])],
    ['a JPEG in a PNG', Buffer.concat([png(9, 9), jpeg(9, 9)])], ['a PNG of no pixels', png(1, 1, { width: 0, height: 1 })],
    ['a small PNG that says that it is huge', png(1, 1, { width: 60_000, height: 60_000 })],
    ['a PNG that is too wide', png(1_025, 1)], ['a JPEG that is too high', jpeg(10, 1_025)],
    ['a PNG of more than 50 kB', Buffer.concat([png(9, 9).subarray(0, -12), randomBytes(50 * 1_024), png(9, 9).subarray(-12)])],
    ['a PNG whose first chunk is another one', hidden.png], ['a JPEG whose real frame is huge, behind a fill byte', hidden.jpeg],
    ['a JPEG of two frames', Buffer.concat([jpeg(64, 64).subarray(0, -2), jpeg(60_000, 60_000).subarray(20)])],
    ['the first bytes of a PNG and its end', Buffer.from('89504e470d0a1a0a49454e44ae426082', 'hex')],
  ])('%s, refused', (_what, bytes) => {
    expect(readLogo(base64(bytes))).toEqual(expect.any(String));
  });

  it.each(['not base64', `${base64(png(9, 9))}\n`, ` ${base64(png(9, 9))}`, `data:image/png;base64,${base64(png(9, 9))}`])(
    'the text %j, refused', (text) => {
      expect(readLogo(text)).toMatch('must be the base64 of a PNG or JPEG file');
    });
});

describe('the accent colour', () => {
  it.each(['#2f6fde', '#c2410c', '#15803d', '#7c5cff', '#808080'])('%s, seen in light and dark, with a text on it of 4.5', (color) => {
    expect(accentFault(color)).toBeUndefined();
    expect(contrast(color, accentOf(color).text)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['#ffff00', 'light'], ['#ffffff', 'light'], ['#a0d8ff', 'light'], ['#000000', 'dark'], ['#1a2b4c', 'dark'],
  ])('%s, refused, because it cannot be seen on %s pages', (color, theme) => {
    expect(accentFault(color)).toContain(`with ${theme} pages`);
  });

  it('contrast, of the examples of WCAG, is known', () => {
    expect(['#000000', '#777777', '#ffffff'].map((color) => contrast(color, '#ffffff').toFixed(2))).toEqual(['21.00', '4.48', '1.00']);
  });
});

describe('a tenant with a look of its own', () => {
  it('has its colour and logo on its pages, its logo is served as it is, and both go with the tenant', async () => {
    const mailbox = await startMailbox();
    const gatehouse = await startGatehouse({
      settings: testSettings(
        { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: mailbox.url },
      ),
    });
    const { anonymous, superadmin, stores } = gatehouse;
    const [first, second] = [png(120, 40), jpeg(300, 100)];
    const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    const created = await superadmin.post('/tenants/create', {
      name: 'acme', settings: { branding: { name: 'Acme', accent: '#2F6FDE', logo: base64(first) } }, admin: { email: 'boss@acme.example' },
    }, 201);
    const { tenantId } = created.body;
    expect(created.body.settings.branding).toEqual({ name: 'Acme', accent: '#2f6fde', logo: digestOf(first) });
    const { token } = await mailbox.next('boss@acme.example');
    const { body } = await anonymous.post('/users/link-branding', { token }, 200);
    expect(body).toEqual({ name: 'Acme', accent: { color: '#2f6fde', text: '#ffffff' }, logo: `/branding/${digestOf(first)}` });

    const served = await fetch(`${gatehouse.origin}${body.logo ?? ''}?v=1`);
    expect(Buffer.from(await served.arrayBuffer()).equals(first)).toBe(true);
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'content-security-policy': 'default-src \'none\'',
      'cache-control': 'public, max-age=31536000, immutable', 'cross-origin-resource-policy': 'same-origin',
    });

    const update = (branding: object, expected?: number) => superadmin.send(
      'PUT', '/tenants/update', { body: { tenantId, settings: { branding } }, ...(expected !== undefined && { expected }) },
    );
    const at = async (bytes: Buffer) => (await fetch(`${gatehouse.origin}/branding/${digestOf(bytes)}`)).status;
    await update({ logo: digestOf(first) }, 200);
    expect(await at(first)).toBe(200);
    const wrong = [
      ...[digestOf(second), base64(svg), base64(png(1_025, 1))].map((logo) => ({ logo })),
      ...['#ffff00', 'red', '#12345', 'url(x)', '#2f6fde;}'].map((accent) => ({ accent })),
    ];
    for (const branding of wrong) expect([branding, codeOf(await update(branding))]).toEqual([branding, 'invalid-input']);
    await update({ logo: base64(second) }, 200);
    expect([await at(first), await at(second)]).toEqual([404, 200]);
    await superadmin.send('PUT', '/tenants/update', { body: { tenantId, name: 'acme-renamed' }, expected: 200 });
    expect(await at(second)).toBe(200);
    expect(JSON.stringify(await stores.auditRecords.find({ tenantId }).lean())).not.toContain(base64(second).slice(0, 40));
    const missing = await fetch(`${gatehouse.origin}/branding/${'0'.repeat(64)}`);
    expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store']);
    await deleteTenant(superadmin, { tenantId, tenantName: 'acme-renamed' });
    expect([await at(second), await stores.logos.countDocuments({ tenantId })]).toEqual([404, 0]);
  });
});
