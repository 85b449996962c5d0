import { BerWriter } from 'ldapts';
import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate with its key, in PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of one test's own. */
export interface TestAuthority {
  readonly certificate: string;
  /** Issues a certificate for a host name. By default it is valid for a day. */
  issue(name: string, validity?: { readonly from: Date; readonly until: Date }): TestCertificate;
}

const day = 86_400_000;
const [sequence, set, bitString, octets, utf8, time] = [0x30, 0x31, 0x03, 0x04, 0x0c, 0x18];

/** Creates an authority (RFC 5280) with a key on P-256. */
export function createAuthority(commonName = 'Test authority'): TestAuthority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const usual = () => ({ from: new Date(Date.now() - day), until: new Date(Date.now() + day) });
  const certify = (subject: string, subjectKey: KeyObject, extensions: readonly Buffer[], { from, until } = usual()): string => {
    const content = der(
      sequence, der(0xa0, integer(Buffer.from([2]))), integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])), ecdsaWithSha256(),
      nameOf(commonName), der(sequence, timeOf(from), timeOf(until)), nameOf(subject), spkiOf(subjectKey),
      der(0xa3, der(sequence, ...extensions)),
    );
    const signature = sign('sha256', content, privateKey);
    return pemOf(der(sequence, content, ecdsaWithSha256(), der(bitString, Buffer.from([0]), signature)));
  };
  const authority = [extension('2.5.29.19', der(sequence, der(0x01, Buffer.from([0xff]))), true)];
  return {
    certificate: certify(commonName, privateKey, authority),
    issue(name, validity) {
      const own = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
      const alternative = extension('2.5.29.17', der(sequence, der(0x82, Buffer.from(name))));
      return { certificate: certify(name, own, [alternative], validity), key: own.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const writer = new BerWriter();
  writer.writeBuffer(Buffer.concat(parts), tag);
  return writer.buffer;
}

const integer = (bytes: Buffer) => der(0x02, bytes);

function oid(name: string): Buffer {
  const writer = new BerWriter();
  writer.writeOID(name);
  return writer.buffer;
}

const ecdsaWithSha256 = () => der(sequence, oid('1.2.840.10045.4.3.2'));
const nameOf = (commonName: string) => der(sequence, der(set, der(sequence, oid('2.5.4.3'), der(utf8, Buffer.from(commonName)))));
const timeOf = (date: Date) => der(time, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+Z/g, '')}Z`));
const spkiOf = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' });

function extension(name: string, value: Buffer, isCritical = false): Buffer {
  return der(sequence, oid(name), ...(isCritical ? [der(0x01, Buffer.from([0xff]))] : []), der(octets, value));
}

function pemOf(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
