import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import { withSystemPrograms } from '../../../scripts/test-run/system-programs.ts';
import { supervise } from '../../../src/cli/local-mongo/supervise.ts';
import { form } from '../../support/proof.ts';
import { freePort } from '../../support/free-port.ts';
import { createAuthority } from '../../support/sso/ldap/certificates.ts';
import { configurationOf, suffix } from './slapd-content.ts';
import type { SlapdEntry } from './slapd-content.ts';

/** A real OpenLDAP server of one test file's own, with TLS by an authority of its own. */
export interface Slapd {
  /** `ldap://`, with StartTLS for those who ask for it. */
  readonly url: string;
  /** `ldaps://` */
  readonly secureUrl: string;
  /** The certificate of its authority, in PEM. */
  readonly ca: string;
  /** How many binds as this name it has received. */
  bindsAs(dn: string): number;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Ends it, by default at once; resolves when it is gone. */
  end(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Starts it again, with its content, at the same ports. */
  restart(): Promise<void>;
}

const isInstalled = spawnSync('slapd', ['-VV'], { env: withSystemPrograms }).status === 0;

/** Tests that need a slapd: without one they are skipped in the short form, and fail in the others. */
export const describeWithSlapd = isInstalled || form !== 'short' ? describe : describe.skip;

/** The name in the certificate. It has no address: the tests resolve it themselves. */
export const slapdName = 'directory.test';

/** Starts a slapd with these entries. It ends with the test, the describe or the file. */
export async function startSlapd(entries: readonly SlapdEntry[]): Promise<Slapd> {
  if (!isInstalled) throw new Error('No slapd is installed. Cure: apt-get install slapd.');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-slapd-'));
  const authority = createAuthority();
  const { certificate, key } = authority.issue(slapdName);
  const [port, securePort] = [await freePort(), await freePort()];
  const at = (name: string) => join(folder, name);
  const files = {
    configuration: at('slapd.conf'), content: at('content.ldif'), certificate: at('certificate.pem'), key: at('key.pem'), log: at('log'),
    data: at('data'),
  };
  mkdirSync(files.data);
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key);
  writeFileSync(files.configuration, configurationOf(files));
  writeFileSync(files.content, ldifOf(entries));
  const added = spawnSync('slapadd', ['-q', '-f', files.configuration, '-l', files.content], { env: withSystemPrograms, encoding: 'utf8' });
  if (added.status !== 0) throw new Error(`slapadd ended with ${String(added.status)}: ${added.stderr}`);

  let server: { readonly pid: number; readonly gone: Promise<unknown> } | undefined;
  let earlier = '';
  const log = () => earlier + readFileSync(files.log, 'utf8');

  async function start(): Promise<void> {
    const exit = new AbortController();
    const gone = once(exit.signal, 'abort');
    // It reserves memory for as many connections as it may have.
    const command = ['/bin/sh', '-c', 'ulimit -n 1024; exec "$@"', 'slapd', 'slapd', '-f', files.configuration,
      '-h', `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`, '-d', 'stats'];
    const { pid } = await supervise({
      command, env: withSystemPrograms, logFile: files.log, signal: 'KILL', onExit: () => { exit.abort(); },
    });
    server = { pid, gone };
    for (let waited = 0; !await isListening(port) || !await isListening(securePort); waited += 5) {
      if (exit.signal.aborted || waited > 20_000) throw new Error(`slapd did not start: ${log()}`);
      await sleep(5);
    }
  }

  const send = (name: NodeJS.Signals) => { if (server) process.kill(server.pid, name); };
  async function end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!server) return;
    const { gone } = server;
    send('SIGCONT');
    send(signal);
    server = undefined;
    await gone;
  }

  await start();
  closeLater(async () => {
    await end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    url: `ldap://${slapdName}:${port}`, secureUrl: `ldaps://${slapdName}:${securePort}`, ca: authority.certificate,
    bindsAs: (dn) => log().split(`BIND dn="${dn}" method=`).length - 1,
    pause: () => { send('SIGSTOP'); },
    resume: () => { send('SIGCONT'); },
    end,
    async restart() {
      earlier = log();
      await start();
    },
  };
}

function ldifOf(entries: readonly SlapdEntry[]): string {
  const all: readonly SlapdEntry[] = [{ dn: suffix, objectClass: ['dcObject', 'organization'], o: ['Example'] }, ...entries];
  return all.map(({ dn, ...attributes }) => [
    `dn: ${dn}`,
    ...Object.entries(attributes).flatMap(([name, values]) => (values as readonly (string | Buffer)[]).map(
      (value) => `${name}:: ${Buffer.from(value as string).toString('base64')}`)), // bytes are copied, text is encoded
  ].join('\n')).join('\n\n');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => { socket.destroy(); resolve(true); }).once('error', () => { resolve(false); });
  });
}
