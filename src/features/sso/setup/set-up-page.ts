import { createFormPage } from '../../../http/response/form-page.ts';

/**
 * The page of a set-up link: `/sso/setup#token=...`.
 *
 * Browsers never send the part after the `#`, so the token reaches the server in the calls of this page alone. The page shows the URLs
 * to enter at the provider's side, takes the values of that side, and tests them.
 */
export const providerSetUpPage = createFormPage({
  title: 'Set up single sign-on',
  done: 'Saved and tested. An administrator activates it.',
  body: `<h1>Set up single sign-on</h1>
<form>
  <p></p>
  <label data-name="callback" hidden>Redirect URL <small>Enter it at your identity provider</small> <input name="callback" readonly></label>
  <label data-name="backChannel" hidden>Back-channel logout URL <small>Enter it at your identity provider</small>
    <input name="backChannel" readonly></label>
  <label data-name="header" hidden>URL for your proxy <input name="header" readonly></label>
  <label>Configuration <small>JSON, as the page "Connect an identity provider" describes it</small>
    <textarea name="configuration" rows="10" spellcheck="false" required></textarea></label>
  <label data-name="secret" hidden><span></span> <small>It is never shown again. Leave it empty to keep the stored one</small>
    <textarea name="secret" rows="2" autocomplete="off" spellcheck="false"></textarea></label>
  <button>Save and test</button>
  <output></output>
</form>`,
  script: `
let version;
const secretOf = ({ protocol, configuration }) => (protocol === 'HEADER' ? 'headerSecret' : protocol === 'JWT' ? undefined
  : configuration.clientAuthentication === 'private_key_jwt' ? 'privateKey' : 'clientSecret');
const labelOf = (name) => form.querySelector('label[data-name=' + name + ']');
const show = (provider) => {
  ({ version } = provider);
  form.querySelector('p').textContent = provider.providerName + ' (' + provider.protocol + ')';
  for (const [name, url] of Object.entries(provider.urls)) {
    const label = labelOf(name);
    if (!label) continue;
    label.hidden = false;
    form.elements[name].value = url;
  }
  form.elements.configuration.value = JSON.stringify(provider.configuration, null, 2);
  const secret = secretOf(provider);
  labelOf('secret').hidden = secret === undefined;
  labelOf('secret').querySelector('span').textContent = secret + (provider.hasSecrets.includes(secret) ? ' (stored)' : ' (missing)');
  form.elements.secret.value = '';
};
let protocol;
post('/sso/setup/load', { token }).then(([isDone, answer]) => {
  if (!isDone) {
    output.textContent = answer.detail;
    for (const part of form.querySelectorAll('label, button')) part.hidden = true;
    return;
  }
  ({ protocol } = answer);
  show(answer);
}).catch(() => { output.textContent = 'The server cannot be reached: try again.'; });
const submit = async () => {
  let configuration;
  try {
    configuration = JSON.parse(form.elements.configuration.value);
  } catch {
    return [false, { detail: 'The configuration is not JSON.' }];
  }
  const secret = form.elements.secret.value;
  const name = secretOf({ protocol, configuration });
  const [isSaved, saved] = await post('/sso/setup/update', {
    token, version, configuration, ...(secret !== '' && name !== undefined && { secrets: { [name]: secret } }),
  });
  if (!isSaved) return [false, saved];
  show(saved);
  const [isTested, test] = await post('/sso/setup/test', { token });
  if (!isTested) return [false, test];
  const failed = test.steps.find(({ ok }) => !ok);
  if (failed) return [false, { detail: 'Saved, but this step failed: ' + failed.step + '. ' + (failed.repair ?? '') }];
  return test.testUrl === undefined ? [true, {}] : [true, { returnUrl: test.testUrl }];
};
`,
});
