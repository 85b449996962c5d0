/** The access token of an answer of /oauth/token. */
export function accessTokenOf(answer: { readonly body: unknown } | undefined): string {
  const { access_token: token } = answer?.body as { access_token?: string };
  if (token === undefined) throw new Error(`No token: ${JSON.stringify(answer?.body)}`);
  return token;
}
