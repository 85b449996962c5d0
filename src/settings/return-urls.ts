/** Whether people may be sent to this URL. With `httpsOnly`, no page of this machine is allowed, which is for development. */
export function isReturnUrl(text: string, { httpsOnly }: { readonly httpsOnly: boolean }): boolean {
  if (text.length > 500 || !URL.canParse(text)) return false;
  const { href, protocol, hostname, username, password } = new URL(text);
  const isSafe = protocol === 'https:' || (!httpsOnly && protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
  // The URL is compared as text, so it must be written as browsers write it.
  return isSafe && username === '' && password === '' && [text, `${text}/`].includes(href);
}
