import { describeValue } from '../checks.ts';
import type { NamedCheck } from '../checks.ts';
import type { ProviderMetadata } from './provider-metadata.ts';

/** What a browser brings back from a provider. */
export interface ProviderAnswer {
  readonly parameters: URLSearchParams;
  readonly metadata: Pick<ProviderMetadata, 'issuer' | 'authorization_response_iss_parameter_supported'>;
}

const maxCodeLength = 8_192;

/** A parameter that occurs twice could be read as one value here and as the other one elsewhere. */
export const eachParameterOnce: NamedCheck<Pick<ProviderAnswer, 'parameters'>> = {
  step: 'parameters',
  findMismatch({ parameters }) {
    const repeated = [...parameters.keys()].find((name, index, all) => all.indexOf(name) !== index);
    return repeated === undefined ? null : { expected: 'each parameter once', received: `${describeValue(repeated)} more than once` };
  },
};

/** RFC 9207: the second defence against a mix-up of providers. The first one is the id of the provider in the path. */
const issuerOfAnswer: NamedCheck<ProviderAnswer> = {
  step: 'answer-iss',
  findMismatch({ parameters, metadata: { issuer, authorization_response_iss_parameter_supported: isRequired = false } }) {
    const iss = parameters.get('iss') ?? undefined;
    return iss === issuer || (iss === undefined && !isRequired) ? null : { expected: issuer, received: describeValue(iss) };
  },
};

/** An answer with an error, of another flow, or with a token, is none of this flow. */
const answerOfCodeFlow: NamedCheck<ProviderAnswer> = {
  step: 'answer',
  findMismatch({ parameters }) {
    const error = parameters.get('error');
    if (error !== null) return { expected: 'a code', received: `the error ${describeValue(error)}` };
    const foreign = ['response', 'id_token', 'access_token', 'token'].find((name) => parameters.has(name));
    return foreign === undefined ? null : { expected: 'a code alone', received: foreign };
  },
};

/** Says no value: a code is a secret until it is exchanged. */
const codePresent: NamedCheck<ProviderAnswer> = {
  step: 'code',
  findMismatch({ parameters }) {
    const { length } = parameters.get('code') ?? '';
    return length >= 1 && length <= maxCodeLength ? null : { expected: 'a code', received: `${length} characters` };
  },
};

/** Every check of what a browser brings back, in their order. Whether it belongs to this browser was checked before. */
export const answerChecks: readonly NamedCheck<ProviderAnswer>[] = [issuerOfAnswer, answerOfCodeFlow, codePresent];
