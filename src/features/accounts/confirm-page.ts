import { createFormPage } from '../../http/response/form-page.ts';

/**
 * The page behind mailed links: `/users/confirm#token=...&for=...`.
 *
 * Browsers never send the part after the `#`, so the token reaches the server in the calls of this page alone. To confirm an
 * address, the page asks for the password of the account. For an invitation or a forgotten password, it asks for a new password.
 */
export const confirmPage = createFormPage({
  title: 'Confirm',
  body: `<h1>Confirm</h1>
<form>
  <p></p>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Confirm</button>
  <output></output>
</form>`,
  script: `
const kinds = {
  'verify-email': ['Confirm your e-mail address', 'Give the password of your account.', '/users/verify-email'],
  'change-email': ['Confirm your new e-mail address', 'Give the password of your account.', '/users/verify-email'],
  'reset-password': ['Set a new password', 'Choose a new password of 12 to 256 characters.', '/users/reset-password'],
  'invitation': ['Welcome', 'Choose a password of 12 to 256 characters.', '/users/reset-password'],
};
const [title, text, url] = (token !== undefined && Object.hasOwn(kinds, link.get('for')) && kinds[link.get('for')])
  || ['This link is not complete', 'Open the whole link of the mail.', ''];
const password = form.elements.password;
document.title = document.querySelector('h1').textContent = title;
form.querySelector('p').textContent = text;
if (url === '') form.querySelector('label').hidden = form.querySelector('button').hidden = true;
if (url === '/users/reset-password') {
  password.autocomplete = 'new-password';
  form.querySelector('button').textContent = 'Set password';
}
const submit = () => post(url, { token, password: password.value });
`,
});
