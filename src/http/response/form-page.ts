import { createHash } from 'node:crypto';
import type { PageReply } from '../route/define-route.ts';
import { look } from './look.ts';

/** A small page with a form, behind a link with a one-time token. */
export interface FormPage {
  /** The title in the browser until the page knows more. */
  readonly title: string;
  /** The HTML of the page, with one form. */
  readonly body: string;
  /** Defines `submit`, which returns the answer of the server. */
  readonly script: string;
}

const style = `${look}
* { box-sizing: border-box; }
body { font: var(--size)/var(--line-height) var(--font); margin: 0; color: var(--text); background: var(--page); }
main {
  width: min(26rem, 100% - 2rem); margin: clamp(1rem, 8vh, 5rem) auto; padding: 1.5rem 1.5rem 2rem; background: var(--surface);
  border-radius: var(--radius); box-shadow: 0 1px 3px rgb(0 0 0 / .2);
}
header { display: flex; align-items: center; gap: .75rem; margin-bottom: 1.5rem; color: var(--muted); font-weight: 600; }
header span { overflow-wrap: anywhere; min-width: 0; }
header img { max-width: 8rem; max-height: 2.5rem; border-radius: calc(var(--radius) / 2); background: #ffffff; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
label { display: block; margin: 0 0 1rem; font-weight: 600; }
small { display: block; color: var(--muted); font-size: .875rem; font-weight: 400; }
input, button { font: inherit; width: 100%; padding: .625rem .75rem; border-radius: var(--radius); }
input { margin-top: .25rem; color: var(--text); background: var(--surface); border: 1px solid var(--border); }
button { margin-top: .5rem; border: 0; color: var(--on-accent); background: var(--accent); font-weight: 600; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
output { display: block; margin-top: 1rem; overflow-wrap: anywhere; color: var(--bad); }
output:empty { display: none; }
output.good { color: var(--good); }
a { color: inherit; overflow-wrap: anywhere; }
[hidden] { display: none !important; }`;

/**
 * The part of the script that all pages share. It shows the name and the logo that the token stands for, sends the form, and goes on
 * to the URL that the server has answered.
 *
 * Neither the query of the page nor the page before it says where to go: the server has stored that with the token.
 */
const shared = `
const link = new URLSearchParams(location.hash.slice(1));
const token = link.get('token') ?? undefined;
const form = document.querySelector('form');
const output = document.querySelector('output');
const post = async (url, body) => {
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return [response.ok, await response.json()];
};
const showBrand = ({ name, accent, logo }) => {
  document.title = document.querySelector('h1').textContent + ' \\u00b7 ' + name;
  document.querySelector('header span').textContent = name;
  const image = document.querySelector('header img');
  if (logo) image.src = logo;
  image.hidden = !logo;
  if (accent) {
    document.documentElement.style.setProperty('--accent', accent.color);
    document.documentElement.style.setProperty('--on-accent', accent.text);
  }
  document.querySelector('header').hidden = false;
};
post('/users/link-branding', { token }).then(([isDone, brand]) => { if (isDone) showBrand(brand); }).catch(() => undefined);
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  output.className = output.textContent = '';
  try {
    const [isDone, answer] = await submit();
    output.textContent = isDone ? 'Done: you can log in now.'
      : [answer.detail, ...(answer.errors ?? []).map((error) => error.message)].join(' ');
    if (isDone) {
      output.className = 'good';
      for (const part of form.querySelectorAll('label, button, p')) part.hidden = true;
      history.replaceState(null, '', location.pathname);
      if (answer.returnUrl) {
        const onward = document.createElement('a');
        onward.href = answer.returnUrl;
        onward.textContent = 'Continue';
        output.append(' ', onward);
        location.replace(answer.returnUrl);
      }
    }
  } catch {
    output.textContent = 'The server cannot be reached: try again.';
  }
  button.disabled = false;
});
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Creates the page. Its CSP allows only its own script and style, by their hashes, and images of this server.
 *
 * The page itself names no tenant. Only the token of the link says which tenant it belongs to, and browsers never send the token with
 * the page.
 */
export function createFormPage({ title, body, script }: FormPage): PageReply {
  const whole = `${shared}${script}`;
  return {
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<header hidden><img alt="" hidden><span></span></header>
${body}
</main>
<script>${whole}</script>
</html>
`,
    headers: {
      'Content-Security-Policy': `default-src 'none'; script-src ${hashOf(whole)}; style-src ${hashOf(style)}; img-src 'self'; `
        + 'connect-src \'self\'; base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
      'Referrer-Policy': 'no-referrer',
    },
  };
}
