import { AppError } from '../../../../src/errors/errors.ts';
import { readClientCredentials } from '../../../../src/features/clients/oauth/client-credentials.ts';
import type { ClientFields } from '../../../../src/features/clients/oauth/client-credentials.ts';

const basic = (text: string | Buffer, scheme = 'Basic') => `${scheme} ${Buffer.from(text).toString('base64')}`;

function outcomeOf(authorization: string | null, fields: ClientFields = {}): unknown {
  try {
    return readClientCredentials(authorization, fields);
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
}

describe('client credentials', () => {
  it.each([
    ['plain', basic('acme.1:secret'), { clientId: 'acme.1', secret: 'secret' }],
    ['in small letters', basic('acme.1:secret', 'basic'), { clientId: 'acme.1', secret: 'secret' }],
    ['percent-encoded, with colon, space and plus', basic('a%3Ab:c%20d+e%2Bf'), { clientId: 'a:b', secret: 'c d e+f' }],
    ['with colons in the secret', basic('a:b:c'), { clientId: 'a', secret: 'b:c' }],
    ['of other letters', basic('caf%C3%A9:%E2%82%AC'), { clientId: 'café', secret: '€' }],
    ['without padding', basic('a:bc').replace(/=+$/, ''), { clientId: 'a', secret: 'bc' }],
    ['with nothing in it', basic(':'), { clientId: '', secret: '' }],
    ['without a colon', basic('acme'), 'client-refused'],
    ['that is no base64', 'Basic !!!', 'client-refused'],
    ['that is empty', 'Basic ', 'client-refused'],
    ['that is no UTF-8', basic(Buffer.from([0x61, 0x3A, 0xFF])), 'client-refused'],
    ['with percent signs that encode nothing', basic('a:100%'), 'client-refused'],
    ['of another scheme', 'Bearer abc', 'client-refused'],
  ])('header %s, is read as the RFC says', (_what, header, expected) => {
    expect(outcomeOf(header)).toEqual(expected);
  });

  it('both fields of the body, without a header, are taken; half of them is nobody', () => {
    expect(outcomeOf(null, { client_id: 'a', client_secret: 'b' })).toEqual({ clientId: 'a', secret: 'b' });
    for (const fields of [{}, { client_id: 'a' }, { client_secret: 'b' }]) expect(outcomeOf(null, fields)).toBe('client-refused');
  });

  it('header and secret in the body, or another id there, are two ways at once', () => {
    expect(outcomeOf(basic('a:b'), { client_id: 'a', client_secret: 'b' })).toBe('oauth-request-malformed');
    expect(outcomeOf(basic('a:b'), { client_secret: 'b' })).toBe('oauth-request-malformed');
    expect(outcomeOf(basic('a:b'), { client_id: 'c' })).toBe('oauth-request-malformed');
    expect(outcomeOf(basic('a:b'), { client_id: 'a' })).toEqual({ clientId: 'a', secret: 'b' });
  });
});
