import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

// Serves a page of one file that logs in through an identity provider. GATEHOUSE is the PUBLIC_URL of Gatehouse. There, list this page in
// RETURN_URLS and its origin in CORS_ORIGINS.
const { GATEHOUSE = 'http://localhost:3000', PORT = '5173' } = process.env;
const origin = `http://localhost:${PORT}`;
const source = await readFile(fileURLToPath(new URL('sign-on.ts', import.meta.url)), 'utf8');
const { code } = await transform(source, { loader: 'ts', format: 'esm' });

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign on</title>
<form><label>E-mail address <input name="email" type="email" required></label> <button>Log in</button></form>
<p></p><button id="out" hidden>Log out</button>
<script type="module" src="/page.js"></script></html>`;

const script = `import { createSignOn } from '/sign-on.js';
const signOn = createSignOn({
  gatehouse: ${JSON.stringify(GATEHOUSE)}, returnTo: ${JSON.stringify(`${origin}/`)},
  storage: sessionStorage, go: (url) => location.assign(url),
});
const [form, text, out] = ['form', 'p', '#out'].map((name) => document.querySelector(name));
const fail = (error) => { text.textContent = error.detail ?? String(error); };
const isIn = await signOn.finish(location.href).catch(fail);
history.replaceState(null, '', '/');
form.hidden = isIn === true;
out.hidden = isIn !== true;
if (isIn) text.textContent = 'Hello ' + (await (await signOn.call('GET', '/profile/me')).json()).user.email;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  signOn.begin(form.elements.email.value).then((goes) => { if (!goes) text.textContent = 'Log in with your password.'; }, fail);
});
out.addEventListener('click', () => void signOn.logOut().catch(fail));
`;

const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/': ['text/html', page], '/page.js': ['text/javascript', script], '/sign-on.js': ['text/javascript', code],
};
const server = createServer((request, response) => {
  const [type, text] = files[(request.url ?? '/').split('?')[0] ?? ''] ?? ['text/plain', 'Not found'];
  response.setHeader('Content-Type', `${type}; charset=utf-8`);
  response.setHeader('Content-Security-Policy', `default-src 'none'; script-src 'self'; connect-src ${GATEHOUSE}; base-uri 'none'`);
  response.setHeader('Referrer-Policy', 'no-referrer'); // the code in the address goes to nobody else
  response.end(text);
});
server.listen(Number(PORT), 'localhost', () => { console.log(`The page is at ${origin}/`); });
process.once('SIGINT', () => server.close());
