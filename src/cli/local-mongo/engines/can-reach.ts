import http from 'node:http';
import https from 'node:https';
import type { Environment } from './programs.ts';

/**
 * Says whether an HTTPS host answers within `timeout` ms, through the proxy of the environment if there is one.
 *
 * A proxy that refuses the tunnel counts as no answer.
 */
export async function canReach(url: string, env: Environment, timeout: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const target = new URL(url);
    const proxy = env['https_proxy'] ?? env['HTTPS_PROXY'] ?? env['http_proxy'] ?? env['HTTP_PROXY'];
    if (proxy !== undefined && proxy !== '') return await tunnelOpens(new URL(proxy), target, signal);
    await fetch(target, { method: 'HEAD', redirect: 'manual', signal });
    return true;
  } catch {
    return false;
  }
}

async function tunnelOpens(proxy: URL, target: URL, signal: AbortSignal): Promise<boolean> {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = proxy.username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  return await new Promise((resolve, reject) => {
    (proxy.protocol === 'https:' ? https : http)
      .request(proxy, { method: 'CONNECT', path: `${target.hostname}:${target.port === '' ? '443' : target.port}`, headers, signal })
      .on('connect', (answer, socket) => {
        socket.destroy();
        resolve(answer.statusCode === 200);
      })
      .on('response', () => resolve(false))
      .on('error', reject)
      .end();
  });
}
