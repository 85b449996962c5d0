import { z } from 'zod';
import { AppError } from '../../errors/errors.ts';
import type { FieldError } from '../../errors/errors.ts';
import { faultsOf } from '../../http/input/from-zod.ts';
import { publicKeyFault, secretFault, secretNamesOf } from './provider.secrets.ts';
import type { Secrets } from './provider.secrets.ts';
import { signingAlgorithms } from './provider.types.ts';
import type { HeaderConfiguration, JwtConfiguration, OidcConfiguration, Protocol, ProviderConfiguration } from './provider.types.ts';

const text = (max: number) => z.string('must be a string').regex(/^[\x20-\x7e]+$/, 'must be printable ASCII').max(max);
const address = text(500).meta({ format: 'uri' });
const words = z.array(text(256)).max(20).readonly();
const algorithms = z.array(z.enum(signingAlgorithms)).min(1).max(signingAlgorithms.length).readonly();
const headerName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be the name of a header, in small letters');

const bearer = z.object({
  audience: text(256), tenantClaim: text(256).exactOptional(), tenantValue: text(256).exactOptional(), direct: z.boolean().exactOptional(),
  publicClients: z.boolean().exactOptional(),
}).strict();

/** The configuration of each protocol, as it is stored and answered. */
export const configurationShapes = {
  OIDC: z.object({
    issuer: address, clientId: text(256), clientAuthentication: z.enum(['basic', 'post', 'private_key_jwt']),
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'must be a scope, without spaces and quotes')).max(20).readonly()
      .exactOptional(),
    algorithms: algorithms.exactOptional(), prompt: z.enum(['login', 'consent', 'select_account']).exactOptional(),
    maxAge: z.number().int().min(0).max(2_592_000).exactOptional(), trustedAmr: words.exactOptional(), trustedAcr: words.exactOptional(),
    bearer: bearer.exactOptional(),
  }).strict(),
  JWT: z.object({
    issuer: address, jwksUri: address.exactOptional(), publicKeys: z.array(z.string().max(5_000)).min(1).max(10).readonly().exactOptional(),
    algorithms: algorithms.exactOptional(), bearer,
  }).strict(),
  HEADER: z.object({ header: headerName, secretHeader: headerName, groupsHeader: headerName.exactOptional() }).strict(),
} satisfies Record<Protocol, z.ZodType<ProviderConfiguration>>;

export interface ProviderValidation {
  /** The configuration as it is stored. Throws `provider-invalid`, which names each faulty field. */
  readConfiguration(protocol: Protocol, sent: unknown): ProviderConfiguration;
  /** Throws `provider-invalid` for a secret that cannot be used, or that a provider with this configuration does not need. */
  requireSecrets(protocol: Protocol, configuration: ProviderConfiguration, secrets: Secrets): void;
}

/** Creates the validation of what providers are given. Plain http is allowed outside production alone. */
export function createProviderValidation({ allowsHttp }: { readonly allowsHttp: boolean }): ProviderValidation {
  const faultOf: { readonly [P in Protocol]: (configuration: never) => Record<string, string | undefined> } = {
    OIDC: ({ issuer, bearer: tokens }: OidcConfiguration) => ({
      issuer: addressFault(issuer, allowsHttp, true), bearer: tenantFault(tokens),
    }),
    JWT: ({ issuer, jwksUri, publicKeys, bearer: tokens }: JwtConfiguration) => ({
      issuer: addressFault(issuer, allowsHttp, true),
      jwksUri: jwksUri === undefined ? undefined : addressFault(jwksUri, allowsHttp, false),
      publicKeys: (jwksUri === undefined) === (publicKeys === undefined) ? 'must be sent if jwksUri is not, and not with it'
        : publicKeys?.map(publicKeyFault).find((fault) => fault !== undefined),
      bearer: tenantFault(tokens),
    }),
    HEADER: ({ header, secretHeader, groupsHeader }: HeaderConfiguration) => {
      const fault = (name: string | undefined, others: readonly (string | undefined)[]) => {
        if (name === undefined) return undefined;
        if (reserved.test(name)) return 'must be a header that your proxy alone sets, and not one that HTTP uses itself';
        return others.includes(name) ? 'must be another header than the others' : undefined;
      };
      return {
        header: fault(header, []), secretHeader: fault(secretHeader, [header]), groupsHeader: fault(groupsHeader, [header, secretHeader]),
      };
    },
  };

  return {
    readConfiguration(protocol, sent) {
      const read = configurationShapes[protocol].safeParse(sent);
      if (!read.success) throw refusal(faultsOf(read.error).map(({ at, message }) => ({ field: `body.configuration${at}`, message })));
      const faults = faultOf[protocol](read.data as never); // the shape of the same protocol has read it
      requireNone(Object.entries(faults).map(([name, message]) => ({ field: `body.configuration.${name}`, message })));
      return read.data;
    },
    requireSecrets(protocol, configuration, secrets) {
      const needed = secretNamesOf(protocol, configuration);
      requireNone(Object.entries(secrets).map(([name, secret]) => ({
        field: `body.secrets.${name}`,
        message: needed.includes(name) ? secretFault(name, secret)
          : `is not needed: ${needed.length > 0 ? `send ${needed.join(', ')}` : 'this protocol has no secrets'}`,
      })));
    },
  };
}

/** Creates the error that names the faulty fields of a provider. */
export function refusal(errors: readonly FieldError[]): AppError {
  return new AppError('provider-invalid', { errors });
}

/** Headers that a browser, HTTP itself or Gatehouse sets. */
const reserved = new RegExp(
  '^(?:authorization|cookie|host|origin|referer|user-agent|connection|upgrade|te|date|via|forwarded|content-.*|sec-.*|proxy-.*|accept.*'
  + '|transfer-.*|x-forwarded-(?:for|host|port|prefix|proto|server))$',
);

function requireNone(faults: readonly { readonly field: string; readonly message: string | undefined }[]): void {
  const errors = faults.flatMap(({ field, message }) => (message === undefined ? [] : [{ field, message }]));
  if (errors.length > 0) throw refusal(errors);
}

/** The address is compared and requested as it is written, so no second spelling of it is accepted. */
function addressFault(written: string, allowsHttp: boolean, isIssuer: boolean): string | undefined {
  const url = URL.canParse(written) ? new URL(written) : null;
  const isSecure = url?.protocol === 'https:' || (allowsHttp && url?.protocol === 'http:');
  if (!url || !isSecure || url.hostname === '') return 'must be an https URL';
  if (url.username !== '' || url.password !== '' || written.includes('@')) return 'must not have a user name or a password';
  if (written.includes('#') || (isIssuer && written.includes('?'))) return 'must not have a fragment, and an issuer no query';
  return url.href === written || url.href === `${written}/` ? undefined : 'must be written as browsers write it';
}

function tenantFault(tokens: OidcConfiguration['bearer']): string | undefined {
  return (tokens?.tenantClaim === undefined) === (tokens?.tenantValue === undefined) ? undefined : 'needs both tenantClaim and tenantValue';
}
