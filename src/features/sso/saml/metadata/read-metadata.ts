import { X509Certificate } from 'node:crypto';
import type { Element } from '@xmldom/xmldom';
import { allHold, describeValue, runChecks } from '../../checks.ts';
import type { CheckedStep, NamedCheck } from '../../checks.ts';
import { allNamed, attributeOf, childrenNamed, isNamed, onlyChild, plainText } from '../xml/elements.ts';
import { readInstant } from '../xml/instants.ts';
import { parseStrictly } from '../xml/parse-strictly.ts';
import { textChecksFor } from '../xml/text-checks.ts';
import type { IdpCertificate, IdpMetadata, LogoutService, SamlBinding } from './idp-metadata.ts';

export interface IdpMetadataRules {
  /** The entityID that an admin has entered. */
  readonly entityId: string;
  /** ms since 1970 */
  readonly now: number;
  /** Whether locations may be http: never in production. */
  readonly allowsHttp: boolean;
}

export type MetadataVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly metadata: IdpMetadata }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

interface ReadDocument {
  readonly root: Element;
  readonly rules: IdpMetadataRules;
}

type MetadataCheck = NamedCheck<ReadDocument>;

/** The most characters of a document. */
const maxLength = 1_048_576;
/** The most certificates that are kept of one provider. */
export const maxCertificates = 10;
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const bindings: Readonly<Record<SamlBinding, string>> = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
};

function roleOf(root: Element): Element | null {
  return onlyChild(root, 'metadata', 'IDPSSODescriptor');
}

const oneProvider: MetadataCheck = {
  step: 'descriptor',
  findMismatch({ root }) {
    const count = allNamed(root, 'IDPSSODescriptor').length;
    const protocols = (attributeOf(roleOf(root), 'protocolSupportEnumeration') ?? '').split(/\s+/);
    const isRight = isNamed(root, 'metadata', 'EntityDescriptor') && allNamed(root, 'EntityDescriptor').length === 1 && count === 1
      && protocols.includes(protocol);
    return isRight ? null : {
      expected: 'one EntityDescriptor with one IDPSSODescriptor of SAML 2.0', received: `${describeValue(root.localName)} with ${count}`,
    };
  },
};

const entityRight: MetadataCheck = {
  step: 'entity-id',
  findMismatch({ root, rules: { entityId } }) {
    const found = attributeOf(root, 'entityID');
    return found === entityId ? null : { expected: entityId, received: describeValue(found ?? undefined) };
  },
};

function endsOf(root: Element): (number | null)[] {
  return [root, roleOf(root)].map((each) => attributeOf(each, 'validUntil')).filter((end) => end !== null).map(readInstant);
}

const stillValid: MetadataCheck = {
  step: 'valid-until',
  findMismatch: ({ root, rules: { now } }) => (endsOf(root).every((end) => (end ?? -Infinity) > now)
    ? null : { expected: `a time after ${new Date(now).toISOString()}`, received: 'another one' }),
};

function isLocation(text: string, allowsHttp: boolean): boolean {
  if (text.length > 1_000 || !URL.canParse(text)) return false;
  const { protocol: scheme, username, password, hash } = new URL(text);
  return (scheme === 'https:' || (allowsHttp && scheme === 'http:')) && username === '' && password === '' && hash === '';
}

const serviceNames = ['SingleSignOnService', 'SingleLogoutService'] as const;

/** Browsers are sent to these addresses, so another scheme there would be a script. */
const locationsRight: MetadataCheck = {
  step: 'location',
  findMismatch({ root, rules: { allowsHttp } }) {
    const services = serviceNames.flatMap((name) => childrenNamed(roleOf(root) ?? root, 'metadata', name));
    const locations = services.map((each) => attributeOf(each, 'Location') ?? '');
    const responses = services.map((each) => attributeOf(each, 'ResponseLocation')).filter((location) => location !== null);
    const bad = [...locations, ...responses].find((location) => !isLocation(location, allowsHttp));
    return bad === undefined ? null : { expected: 'https addresses', received: describeValue(bad) };
  },
};

const signOnPossible: MetadataCheck = {
  step: 'binding',
  findMismatch: ({ root }) => (Object.keys(signOnOf(root)).length > 0
    ? null : { expected: 'a SingleSignOnService of HTTP-Redirect or HTTP-POST', received: 'none' }),
};

/** The elements of the keys that sign: an encryption key of the provider is of no use here. */
function signingKeysOf(root: Element): Element[] {
  return childrenNamed(roleOf(root) ?? root, 'metadata', 'KeyDescriptor').filter((each) => (
    ['signing', null].includes(attributeOf(each, 'use'))));
}

/** One certificate a key, as SAML V2.0 Metadata Interoperability section 2.5.1 says: a chain would trust its authority too. */
function certificateOf(descriptor: Element): X509Certificate | null {
  const data = onlyChild(onlyChild(descriptor, 'signature', 'KeyInfo'), 'signature', 'X509Data');
  const text = plainText(onlyChild(data, 'signature', 'X509Certificate'));
  try {
    return text === null ? null : new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    return null;
  }
}

const curves: readonly unknown[] = ['prime256v1', 'secp384r1', 'secp521r1'];

function isStrong({ publicKey: { asymmetricKeyType: type, asymmetricKeyDetails } }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  return type === 'rsa' ? modulusLength >= 2_048 && modulusLength <= 8_192 : type === 'ec' && curves.includes(namedCurve);
}

const keysStrong: MetadataCheck = {
  step: 'key',
  findMismatch({ root }) {
    const found = signingKeysOf(root).map(certificateOf);
    const areStrong = found.length <= maxCertificates && found.every((each) => each !== null && isStrong(each));
    return areStrong && certificatesOf(root).length > 0 ? null : {
      expected: `one to ${maxCertificates} signing certificates, of RSA keys of 2048 to 8192 bits`,
      received: `${certificatesOf(root).length} of ${found.length}`,
    };
  },
};

/** Keys of elliptic curves may be there, and verify nothing: the library of signatures does not know them. */
function certificatesOf(root: Element): IdpCertificate[] {
  const readable = signingKeysOf(root).map(certificateOf).filter((each) => each !== null);
  const usable = readable.filter(({ publicKey }) => publicKey.asymmetricKeyType === 'rsa');
  return usable.map(({ fingerprint256, publicKey, validTo }) => ({
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(), endsAt: new Date(validTo).getTime(),
  }));
}

/** Every check of the metadata of a provider, in their order. */
export const metadataChecks = {
  text: textChecksFor(10_000),
  document: [oneProvider, entityRight, stillValid, locationsRight, signOnPossible, keysStrong] as readonly MetadataCheck[],
};

/** Metadata is written for people too, so it has comments; null for one that does not end. */
function withoutComments(text: string): string | null {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!--'); at !== -1; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 4);
    if (end === -1) return null;
    kept.push(text.slice(from, at));
    from = end + 3;
  }
  return [...kept, text.slice(from)].join('');
}

/**
 * Reads the metadata of an identity provider (SAML Metadata section 2). Never throws for what it is: the last step names the check that
 * did not hold. Its own signature is not looked at: an admin has entered it, or its address, and https has brought it.
 */
export async function readIdpMetadata(sent: string, rules: IdpMetadataRules, checks = metadataChecks): Promise<MetadataVerdict> {
  const text = sent.length <= maxLength ? withoutComments(sent.replace(/^\uFEFF/, '').trim()) : null;
  if (text === null) return refused([], 'form', `a document of at most ${maxLength} characters`);
  const textSteps = await runChecks(checks.text, text);
  if (!allHold(textSteps)) return { ok: false, steps: textSteps };
  const root = parseStrictly(text);
  if (!root) return refused(textSteps, 'parse', 'a well-formed document without any doubt');
  const steps = [...textSteps, ...await runChecks(checks.document, { root, rules })];
  return allHold(steps) ? { ok: true, steps, metadata: metadataOf(root) } : { ok: false, steps };
}

function refused(steps: readonly CheckedStep[], step: string, expected: string): MetadataVerdict {
  return { ok: false, steps: [...steps, { step, ok: false, expected, received: 'another one' }] };
}

function serviceOf(services: readonly Element[], binding: SamlBinding): Element | undefined {
  return services.find((each) => attributeOf(each, 'Binding') === bindings[binding]);
}

function servicesOf(root: Element, name: string): Partial<Record<SamlBinding, Element>> {
  const services = childrenNamed(roleOf(root) ?? root, 'metadata', name);
  const { redirect, post } = { redirect: serviceOf(services, 'redirect'), post: serviceOf(services, 'post') };
  return { ...(redirect && { redirect }), ...(post && { post }) };
}

function signOnOf(root: Element): IdpMetadata['signOn'] {
  return Object.fromEntries(Object.entries(servicesOf(root, 'SingleSignOnService')).map(
    ([binding, service]) => [binding, attributeOf(service, 'Location') ?? '']));
}

function logoutOf(root: Element): IdpMetadata['logout'] {
  const toService = (service: Element): LogoutService => {
    const responseLocation = attributeOf(service, 'ResponseLocation');
    return { location: attributeOf(service, 'Location') ?? '', ...(responseLocation !== null && { responseLocation }) };
  };
  return Object.fromEntries(Object.entries(servicesOf(root, 'SingleLogoutService')).map(
    ([binding, service]) => [binding, toService(service)]));
}

function metadataOf(root: Element): IdpMetadata {
  const ends = endsOf(root).filter((end) => end !== null);
  return {
    entityId: attributeOf(root, 'entityID') ?? '', certificates: certificatesOf(root), signOn: signOnOf(root), logout: logoutOf(root),
    nameIdFormats: childrenNamed(roleOf(root) ?? root, 'metadata', 'NameIDFormat').flatMap((each) => plainText(each)?.trim() ?? []),
    ...(ends.length > 0 && { validUntil: Math.min(...ends) }),
  };
}
