import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import express from 'express';
import { isSettingsError, loadSettings, type SettingFault } from '../../src/settings/load-settings.ts';
import { listSettings } from '../../src/settings/settings.schema.ts';

const key = randomBytes(32).toString('base64');
const pepper = randomBytes(48).toString('base64');
const development = { MONGODB_URI: 'mongodb://127.0.0.1:27017/gatehouse', KEY_ENCRYPTION_KEY: key, PASSWORD_PEPPER: pepper };
const production = {
  ...development, NODE_ENV: 'production', PUBLIC_URL: 'https://gate.example.com', SMTP_URL: 'smtps://me:hidden@mail.example.com',
};

function faultsOf(env: Record<string, string | undefined>): readonly SettingFault[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (isSettingsError(error)) return error.faults;
    throw error;
  }
  return [];
}

function faultyNames(env: Record<string, string | undefined>): string[] {
  return faultsOf(env).map((fault) => fault.name);
}

describe('loadSettings', () => {
  it('with what development needs, gives the defaults', () => {
    const settings = loadSettings({ ...development, HOME: '/ignored' });
    expect(settings).toMatchObject({
      production: false, host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000', mongodbUri: development.MONGODB_URI,
      passwordCost: 10, accessTokenSeconds: 6000, claimsNamespace: null, sessionHours: 8, auditDays: 400, corsOrigins: [], trustProxy: [],
      outboundNetworks: [], dnsServers: [],
      mail: { smtpUrl: null, folder: null, from: { name: 'Gatehouse', address: 'no-reply@localhost' } },
      superadmin: null, logLevel: 'info', redisUrl: null, metrics: { port: null, token: null },
    });
    expect(settings.keyEncryptionKey.export().toString('base64')).toBe(key);
    expect(settings.pepper.id).toBe('1');
    expect(settings.pepper.key.export().toString('base64')).toBe(pepper);
  });

  it('with everything set, takes every value', () => {
    expect(loadSettings({
      ...production, HOST: '::1', PORT: '0', PASSWORD_PEPPER_ID: 'b', PASSWORD_COST: '12', ACCESS_TOKEN_SECONDS: '60',
      CLOCK_TOLERANCE: '300', SESSION_HOURS: '720', CLAIMS_NAMESPACE: 'https://app.example.com/claims',
      AUDIT_DAYS: '1', DATABASE_SILENCE: '5000', CORS_ORIGINS: 'https://a.example, http://localhost:5173,http://[::1]:8080',
      TRUST_PROXY: 'loopback, 10.0.0.7,10.1.0.0/16,fd00::/8', OUTBOUND_NETWORKS: 'sign-on=10.0.0.0/8, forwarding=fd00::/8',
      DNS_SERVERS: '192.0.2.53, 192.0.2.54:5353,2001:db8::53,[2001:db8::54]:5353',
      SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'correct horse', LOG_LEVEL: 'silent',
      MAIL_FROM: 'The Gate <gate@example.com>', METRICS_PORT: '9464',
      REDIS_URL: 'rediss://me:hid%40den@redis.example.com:6380/2',
    })).toMatchObject({
      production: true, host: '::1', port: 0, publicUrl: 'https://gate.example.com', passwordCost: 12, accessTokenSeconds: 60,
      clockTolerance: 300, claimsNamespace: 'https://app.example.com/claims',
      sessionHours: 720, auditDays: 1, databaseSilence: 5_000, redisUrl: 'rediss://me:hid%40den@redis.example.com:6380/2',
      corsOrigins: ['https://a.example', 'http://localhost:5173', 'http://[::1]:8080'],
      trustProxy: ['loopback', '10.0.0.7', '10.1.0.0/16', 'fd00::/8'],
      outboundNetworks: [{ purpose: 'sign-on', network: '10.0.0.0/8' }, { purpose: 'forwarding', network: 'fd00::/8' }],
      dnsServers: ['192.0.2.53', '192.0.2.54:5353', '2001:db8::53', '[2001:db8::54]:5353'],
      superadmin: { email: 'root@example.com', password: 'correct horse' }, logLevel: 'silent',
      mail: { smtpUrl: production.SMTP_URL, folder: null, from: { name: 'The Gate', address: 'gate@example.com' } },
      metrics: { port: 9464, token: null },
    });
  });

  it('with an IPv6 host, makes a public URL with brackets', () => {
    expect(loadSettings({ ...development, HOST: '::1', PORT: '4000' }).publicUrl).toBe('http://[::1]:4000');
  });

  it('with empty variables, treats them as unset', () => {
    const empty = Object.fromEntries(listSettings().map(({ name }) => [name, '']));
    expect(loadSettings({ ...empty, ...development })).toMatchObject({ port: 3000, superadmin: null, publicUrl: 'http://127.0.0.1:3000' });
    expect(faultyNames(empty)).toEqual(['MONGODB_URI', 'KEY_ENCRYPTION_KEY', 'PASSWORD_PEPPER']);
  });

  it('in production with nothing set, names every missing setting and its cure in one message', () => {
    expect.assertions(4);
    try {
      loadSettings({ NODE_ENV: 'production' });
    } catch (error) {
      if (!isSettingsError(error)) throw error;
      expect(error.faults.map((fault) => fault.name))
        .toEqual(['PUBLIC_URL', 'MONGODB_URI', 'KEY_ENCRYPTION_KEY', 'PASSWORD_PEPPER', 'SMTP_URL']);
      expect(error.faults.every((fault) => fault.problem === 'is not set, and production requires it')).toBe(true);
      expect(error.message.split('\n')).toHaveLength(6);
      expect(error.faults.every((fault) => error.message.includes(`${fault.name} ${fault.problem}. ${fault.cure}`))).toBe(true);
    }
  });

  it('in production with a return URL of this machine, refuses it; in development takes it', () => {
    const RETURN_URLS = 'https://app.example.com, http://localhost:5173/welcome,http://[::1]:8080/,http://127.0.0.1:1/';
    expect(loadSettings({ ...development, RETURN_URLS }).returnUrls).toHaveLength(4);
    expect(faultyNames({ ...development, NODE_ENV: 'production', RETURN_URLS })).toContain('RETURN_URLS');
    expect(faultyNames({ ...development, NODE_ENV: 'production', RETURN_URLS: 'https://app.example.com' })).not.toContain('RETURN_URLS');
  });

  it('with every setting wrong, names every one', () => {
    const wrong = Object.fromEntries(listSettings().map(({ name }) => [name, '!']));
    expect(faultyNames(wrong)).toEqual(listSettings().map(({ name }) => name));
  });

  it('with a misspelled NODE_ENV, judges the rest as production', () => {
    expect(faultyNames({ ...development, NODE_ENV: 'prodution', PASSWORD_COST: '4' }))
      .toEqual(['NODE_ENV', 'PUBLIC_URL', 'PASSWORD_COST', 'SMTP_URL']);
  });

  it.each([
    ['PORT', ['-1', '65536', '1e3', ' 80', '0x50', '3000.5', 'NaN']],
    ['ACCESS_TOKEN_SECONDS', ['59', '86401']],
    ['CLOCK_TOLERANCE', ['-1', '301', '1.5']],
    ['SESSION_HOURS', ['0', '721']],
    ['CLAIMS_NAMESPACE', [
      'app.example.com', 'https://a.example/', 'https://a.example/x/', 'https://a.example?x', 'https://a.example#x', 'urn:claims',
      'https://A.example', 'https://a.example/../x', `https://a.example/${'x'.repeat(200)}`,
    ]],
    ['AUDIT_DAYS', ['0', '3651']],
    ['DATABASE_SILENCE', ['499', '60001', '1.5']],
    ['PASSWORD_COST', ['3', '16']],
    ['HOST', ['a b', 'http://a', '999.1.1.1', 'a/b', 'fe80::1%eth0']],
    ['MONGODB_URI', ['localhost:27017', 'http://localhost', 'mongodb://']],
    ['PUBLIC_URL', ['gate.example.com', 'https://a.example/', 'https://a.example/x', 'ftp://a.example', 'https://u:p@a.example']],
    ['PUBLIC_URL', ['HTTPS://a.example', 'https://A.example', 'http://a.example:80']],
    ['APP_NAME', ['x'.repeat(65), 'A\r\nBcc: eve@example.com', 'A\u202eB', 'A\u2028B', 'See https://evil.example', 'www.evil.example', ' A', '...']],
    ['RETURN_URLS', [
      'app.example.com', 'http://app.example.com/', 'https://A.example/', 'https://ann@a.example/', 'https://a.example/a b', 'javascript:x',
      'http://localhost.evil.example/', 'https://a.example/../b', `https://a.example/${'x'.repeat(500)}`,
    ]],
    ['OUTBOUND_NETWORKS', ['10.0.0.0/8', 'sign-on=10.0.0.1', 'sign-on=10.0.0.0/33', 'mail=10.0.0.0/8', 'sign-on=10.0.0.0/8,forwarding']],
    ['DNS_SERVERS', [
      'dns.example.com', '192.0.2.53:0', '192.0.2.53:65536', '2001:db8::53.1', '[192.0.2.53]:53', 'fe80::1%eth0', '192.0.2.53,x',
    ]],
    ['CORS_ORIGINS', [
      '*', 'null', 'https://*.example', 'https://a.example/', 'https://a.example:443', 'https://a.example,b.example', 'file://x',
    ]],
    ['REDIS_URL', [
      'redis.example.com', 'redis.example.com:6379', 'http://redis.example.com', 'redis://', 'redis:///1', 'redis://:6379', 'redis://me@',
      'redis://a.example/x', 'redis://a.example/1/2', 'redis://a.example?db=1', 'redis://a.example:x', 'redis://me:%ff@a.example',
      'redis://me:50%@a.example', 'unix:///redis',
    ]],
    ['SMTP_URL', ['mail.example.com', 'http://mail.example.com', 'smtp://', 'smtp:///x', 'smtps://me@']],
    ['MAIL_FROM', [
      'Gatehouse', 'a@example.com, b@example.com', 'A <a@example.com> B', 'A <a@example.com>, <b@example.com>', '"A" <a@example.com>',
    ]],
    ['MAIL_FROM', ['A\r\nBcc: b@example.com <a@example.com>', 'a@example.com\nBcc: b@example.com', 'A <a@b@example.com>']],
    ['MAIL_FOLDER', ['mails']],
    ['MAIL_TEMPLATES', ['no/such/folder', 'package.json']],
    ['TRUST_PROXY', [
      'true', '1', '*', 'proxy.example.com', '10.0.0', '10.0.0.0/0', '10.0.0.0/33', '::1/129', '::/0', 'fe80::1%eth0', 'loopback,x',
      '10.0.0.0/255.0.0.0',
    ]],
    ['PASSWORD_PEPPER_ID', ['a b', 'x'.repeat(33)]],
    ['LOG_LEVEL', ['INFO', 'verbose']],
    ['METRICS_PORT', ['-1', '65536', '3000', '03000', '9464/metrics']],
    ['METRICS_TOKEN', ['x'.repeat(31), `${'x'.repeat(31)} x`, `=${'x'.repeat(32)}`, `${'x'.repeat(31)}\u00e9`]],
    ['NODE_ENV', ['Production', 'staging']],
  ])('with a wrong %s, refuses it', (name, texts) => {
    for (const text of texts) expect({ text, faulty: faultyNames({ ...production, [name]: text }) }).toEqual({ text, faulty: [name] });
  });

  it('with a wrong origin among right ones, names the wrong one alone', () => {
    expect(faultsOf({ ...development, CORS_ORIGINS: 'https://a.example,*' })[0]?.problem).toContain('("*")');
  });

  it('with a list of proxies, gives Express what it takes', () => {
    const { trustProxy } = loadSettings(
      { ...development, TRUST_PROXY: 'loopback,192.0.2.1,10.0.0.0/1,10.0.0.0/32,::1,fd00::/8,::ffff:10.0.0.1/128' },
    );
    const app = express().set('trust proxy', [...trustProxy]);
    const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean; // what Express makes of the list
    expect(['127.0.0.1', '::1', '192.0.2.1', '192.0.2.2', 'fd01::7'].map((address) => trusts(address, 0)))
      .toEqual([true, true, true, false, true]);
  });

  it('with a low bcrypt cost, refuses it in production only', () => {
    expect(faultyNames({ ...production, PASSWORD_COST: '9' })).toEqual(['PASSWORD_COST']);
    expect(loadSettings({ ...development, NODE_ENV: 'test', PASSWORD_COST: '4' }).passwordCost).toBe(4);
  });

  it('outside production, takes a folder for mail, and names the sender by the public URL', () => {
    expect(loadSettings({ ...development, PUBLIC_URL: 'http://gate.example.com:81', MAIL_FOLDER: 'mails' }).mail).toEqual({
      smtpUrl: null, folder: 'mails', from: { name: 'Gatehouse', address: 'no-reply@gate.example.com' }, templates: null,
    });
    expect(loadSettings({ ...development, HOST: '::1' }).mail.from.address).toBe('no-reply@localhost');
    expect(loadSettings({ ...development, APP_NAME: 'A "B", C' }).mail.from.name).toBe('A "B", C');
    expect(loadSettings({ ...development, MAIL_FROM: 'gate@example.com' }).mail.from).toEqual({ name: '', address: 'gate@example.com' });
  });

  it('with a token for metrics, keeps it as a key that does not print', () => {
    const text = `${'metrics-token.'.repeat(3)}==`;
    const settings = loadSettings({ ...development, METRICS_TOKEN: text });
    expect(settings.metrics.token?.export().toString()).toBe(text);
    expect(inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings)).not.toContain(text);
  });

  it('with a port for metrics, takes another than PORT, or any free one for both', () => {
    for (const env of [{ PORT: '9464' }, { PORT: '' }]) {
      expect(faultyNames({ ...development, ...env, METRICS_PORT: env.PORT || '3000' })).toEqual(['METRICS_PORT']);
    }
    expect(loadSettings({ ...development, PORT: '0', METRICS_PORT: '0' }).metrics.port).toBe(0);
  });

  it('with half a superadmin, names the missing half', () => {
    expect(faultyNames({ ...development, SUPERADMIN_EMAIL: 'root@example.com' })).toEqual(['SUPERADMIN_PASSWORD']);
    expect(faultyNames({ ...development, SUPERADMIN_PASSWORD: 'correct horse' })).toEqual(['SUPERADMIN_EMAIL']);
  });

  it('with a superadmin password of 11 or 257 characters, refuses it', () => {
    for (const password of ['x'.repeat(11), 'x'.repeat(257), '\u{1f600}'.repeat(11)]) {
      expect(faultyNames({ ...development, SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password }))
        .toEqual(['SUPERADMIN_PASSWORD']);
    }
  });
});

describe('loadSettings, keys', () => {
  const counting = Buffer.from(Array.from({ length: 32 }, (_, at) => at));

  it.each([
    ['not base64', 'this is not base64!'],
    ['base64 without padding', key.replace('=', '')],
    ['31 bytes', randomBytes(31).toString('base64')],
    ['equal bytes', Buffer.alloc(32, 7).toString('base64')],
    ['few distinct bytes', Buffer.from('changeme'.repeat(4)).toString('base64')],
    ['counting bytes', counting.toString('base64')],
  ])('with %s, refuses both and shows neither', (_, text) => {
    for (const name of ['KEY_ENCRYPTION_KEY', 'PASSWORD_PEPPER']) {
      const faults = faultsOf({ ...production, [name]: text });
      expect(faults.map((fault) => fault.name)).toEqual([name]);
      expect(JSON.stringify(faults)).not.toContain(text);
    }
  });

  it('with 33 bytes, refuses the key and takes the pepper', () => {
    const text = randomBytes(33).toString('base64');
    expect(faultyNames({ ...production, KEY_ENCRYPTION_KEY: text })).toEqual(['KEY_ENCRYPTION_KEY']);
    expect(faultyNames({ ...production, PASSWORD_PEPPER: text })).toEqual([]);
  });

  it('with the key as pepper, refuses the pepper', () => {
    const problem = 'is the same as KEY_ENCRYPTION_KEY';
    expect(faultsOf({ ...production, PASSWORD_PEPPER: key })).toMatchObject([{ name: 'PASSWORD_PEPPER', problem }]);
  });

  it('with 2,000 random keys, refuses none', () => {
    for (let round = 0; round < 1000; round += 1) {
      const env = {
        ...production, KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64'),
      };
      expect(faultyNames(env)).toEqual([]);
    }
  });

  it('printed or turned into JSON, show no key', () => {
    const settings = loadSettings(production);
    for (const text of [inspect(settings, { depth: 9, showHidden: true }), JSON.stringify(settings)]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(pepper);
      expect(text).not.toContain(Buffer.from(key, 'base64').toString('hex').slice(0, 8));
    }
  });
});
