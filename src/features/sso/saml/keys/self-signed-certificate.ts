import { createPublicKey, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { der, derObject, derTime, tags } from './der.ts';

export interface CertificateContent {
  /** RSA. It signs the certificate, which is for its public half. */
  readonly privateKey: KeyObject;
  readonly commonName: string;
  readonly from: Date;
  readonly until: Date;
}

/**
 * Makes a self-signed certificate (RFC 5280), as PEM. Identity providers take our public key in no other form.
 *
 * It proves nothing: the metadata in which it stands is what the provider trusts.
 */
export function makeCertificate({ privateKey, commonName, from, until }: CertificateContent): string {
  const algorithm = der(tags.sequence, derObject('1.2.840.113549.1.1.11'), der(tags.null)); // RSA with SHA-256
  const name = der(tags.sequence, der(tags.set, der(tags.sequence, derObject('2.5.4.3'), der(tags.text, Buffer.from(commonName)))));
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8() & 0x3f) + 0x40); // positive, and as long as it can be
  const isNoAuthority = der(
    tags.sequence, derObject('2.5.29.19'), der(tags.boolean, Buffer.from([0xff])), der(tags.bytes, der(tags.sequence)));
  const content = der(
    tags.sequence, der(tags.member(0), der(tags.integer, Buffer.from([2]))), der(tags.integer, serial), algorithm, name,
    der(tags.sequence, derTime(from), derTime(until)), name, createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    der(tags.member(3), der(tags.sequence, isNoAuthority)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]);
  const certificate = der(tags.sequence, content, algorithm, der(tags.bits, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
