import { createFormPage } from '../../http/response/form-page.ts';

/**
 * The page behind mailed links: `/users/confirm#token=...&for=...`.
 *
 * Browsers never send the part after the `#`, so the token reaches the server in the POST of this page alone. To confirm an
 * address, the page asks for the password of the account. For an invitation or a forgotten password, it asks for a new password.
 */
export const confirmPage = createFormPage({
  title: 'confirm',
  body: `<h1>Confirm</h1>
<form>
  <p></p>
  <label><span>Password</span> <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Confirm</button>
  <p><output></output></p>
</form>`,
  script: `
const link = new URLSearchParams(location.hash.slice(1));
const kinds = {
  'verify-email': ['Confirm your e-mail address', 'Give the password of your account.', '/users/verify-email'],
  'change-email': ['Confirm your new e-mail address', 'Give the password of your account.', '/users/verify-email'],
  'reset-password': ['Set a new password', 'Choose a new password of 12 to 256 characters.', '/users/reset-password'],
  'invitation': ['Welcome', 'Choose a password of 12 to 256 characters.', '/users/reset-password'],
};
const [title, text, url] = (Object.hasOwn(kinds, link.get('for')) && kinds[link.get('for')])
  || ['This link is not complete', 'Open the whole link of the mail.', ''];
const form = document.querySelector('form');
const password = form.elements.password;
document.querySelector('h1').textContent = title;
form.querySelector('p').textContent = text;
if (url === '') form.querySelector('label').hidden = form.querySelector('button').hidden = true;
const isNew = url === '/users/reset-password';
if (isNew) password.autocomplete = 'new-password';
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const response = await fetch(url, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: link.get('token'), password: password.value }),
  });
  const said = response.ok ? { detail: 'Done: you can log in now.' } : await response.json();
  document.querySelector('output').textContent = [said.detail, ...(said.errors ?? []).map((error) => error.message)].join(' ');
  if (response.ok) history.replaceState(null, '', location.pathname);
});`,
});
