import { createFormPage } from '../../../http/response/form-page.ts';

/**
 * The page behind the set-up link.
 *
 * The token stands after the `#` of the link. Browsers never send that part, so the token reaches the server in this POST alone.
 */
export const setUpPage = createFormPage({
  title: 'set up the superadmin',
  body: `<h1>Set up the superadmin</h1>
<form>
  <label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
  <label>Password (12 to 256 characters) <input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
  <button>Set up</button>
  <p><output></output></p>
</form>`,
  script: `
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [email, password] = ['email', 'password'].map((name) => event.target.elements[name].value);
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  const response = await fetch(location.pathname, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token, email, password }),
  });
  document.querySelector('output').textContent = response.ok ? 'Done: you can log in now.' : (await response.json()).detail;
});`,
});
