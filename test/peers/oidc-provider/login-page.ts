import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type Provider from 'oidc-provider';

/** Where people log in; the id of the interaction follows. */
export const loginPath = '/log-in/';

/** Answers the account of a name and a password; undefined for a wrong one, or for somebody who is let in no more. */
export type CheckPassword = (username: string, password: string) => string | undefined;

/** Shows the page of login, or takes what was typed there. */
export async function serveLogin(
  provider: Provider, checkPassword: CheckPassword, request: IncomingMessage, response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    show(response, '');
    return;
  }
  const typed = new URLSearchParams(await text(request));
  const accountId = checkPassword(typed.get('username') ?? '', typed.get('password') ?? '');
  if (accountId === undefined) show(response, 'Invalid username or password.');
  else await provider.interactionFinished(request, response, { login: { accountId, amr: ['pwd'] } });
}

function show(response: ServerResponse, fault: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html><title>Log in</title><p>${fault}</p>
<form method="post"><input name="username"><input name="password" type="password"><button name="login">Log in</button></form>`);
}
