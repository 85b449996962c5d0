import type { PageReply } from '../route/define-route.ts';
import { framePage } from './page-frame.ts';

/** A small page with a form, behind a link with a one-time token. */
export interface FormPage {
  /** The title in the browser until the page knows more. */
  readonly title: string;
  /** The HTML of the page, with one form. */
  readonly body: string;
  /** Defines `submit`, which returns the answer of the server. */
  readonly script: string;
  /** The text after a success; by default that the person can log in now. It has no quotes. */
  readonly done?: string;
}

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
    output.textContent = isDone ? done
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

/**
 * Creates the page. Its CSP allows only its own script and style, by their hashes, and images of this server.
 *
 * The page itself names no tenant. Only the token of the link says which tenant it belongs to, and browsers never send the token with
 * the page.
 */
export function createFormPage({ title, body, script, done = 'Done: you can log in now.' }: FormPage): PageReply {
  return framePage({
    title, body: `<header hidden><img alt="" hidden><span></span></header>\n${body}`,
    script: `\nconst done = '${done}';${shared}${script}`,
  });
}
