import { createHash } from 'node:crypto';
import type { PageReply } from '../http/define-route.ts';

// The token stands behind the # of the link, which browsers never send, so it reaches the server in this one POST alone.
const script = `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [email, password] = ['email', 'password'].map((name) => event.target.elements[name].value);
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const response = await fetch(location.pathname, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token, email, password }),
  });
  document.querySelector('output').textContent = response.ok ? 'Done: you can log in now.' : (await response.json()).detail;
});`;

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24; }
label { display: block; margin: 1rem 0; } input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }`;

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse: set up the superadmin</title>
<style>${style}</style>
<h1>Set up the superadmin</h1>
<form>
  <label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
  <label>Password (12 to 256 characters) <input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
  <button>Set up</button>
  <p><output></output></p>
</form>
<script>${script}</script>
</html>
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page behind the set-up link; its own script and style, named by their hashes, are all that may run in it. */
export const setUpPage: PageReply = {
  body: html,
  headers: {
    'Content-Security-Policy': `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Referrer-Policy': 'no-referrer',
  },
};
