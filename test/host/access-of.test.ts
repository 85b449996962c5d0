import { accessOf } from '../../src/host/access-of.ts';
import { codeOf } from '../support/answers.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { undocumented } from '../gatehouse/undocumented.ts';

const gatehouse = await startGatehouse({
  urls: { simple: { '/host/': ['open'] }, auth: { '/host/': ['own'] } },
  host: (app) => {
    for (const url of ['/host/open', '/host/own']) app.get(url, (request, response) => {
      response.json({ userId: accessOf(request).caller.userId });
    });
  },
});

describe('accessOf', () => {
  it('a request with a caller, the access of the caller', async () => {
    const { userId, client } = await gatehouse.newUser(await gatehouse.newRole('/host/own'));
    expect((await undocumented(gatehouse.origin, '/host/own', client.token)).body).toEqual({ userId });
  });

  it('a request without a caller, token-missing', async () => {
    expect(codeOf(await undocumented(gatehouse.origin, '/host/open'))).toBe('token-missing');
  });
});
