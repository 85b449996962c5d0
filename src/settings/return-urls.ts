/** Whether people may be sent to this URL. A page of this machine is for development alone. */
export function isReturnUrl(text: string, production: boolean): boolean {
  if (text.length > 500 || !URL.canParse(text)) return false;
  const { href, protocol, hostname, username, password } = new URL(text);
  const isSafe = protocol === 'https:' || (!production && protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
  // The URL is compared as text, so it must be written as browsers write it.
  return isSafe && username === '' && password === '' && [text, `${text}/`].includes(href);
}
