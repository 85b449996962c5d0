import { createFormPage } from '../../../http/response/form-page.ts';

/**
 * The page behind the set-up link.
 *
 * The token stands after the `#` of the link. Browsers never send that part, so the token reaches the server in the calls of this page
 * alone.
 */
export const setUpPage = createFormPage({
  title: 'Set up the superadmin',
  body: `<h1>Set up the superadmin</h1>
<form>
  <label>E-mail address <input name="email" type="email" autocomplete="username" required></label>
  <label>Password <small>12 to 256 characters</small>
    <input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
  <button>Set up</button>
  <output></output>
</form>`,
  script: `
const submit = () => post(location.pathname, { token, email: form.elements.email.value, password: form.elements.password.value });
`,
});
