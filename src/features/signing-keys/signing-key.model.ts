import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { EncryptedPrivateKey } from './key-encryption.ts';

/** The public half as it is published (RFC 7517, RFC 7518 section 6.2). */
export interface PublishedJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A signing key as stored: the private half encrypted, the public half as others see it. */
export interface SigningKeyRecord {
  /** The `kid`: thumbprint of the public key (RFC 7638). */
  readonly _id: string;
  readonly algorithm: 'ES256';
  readonly publicJwk: PublishedJwk;
  readonly encryptedPrivateKey: EncryptedPrivateKey;
  /** Counts up. */
  readonly number: number;
  /** From when on it signs, until the next one does. */
  readonly signsFrom: Date;
  readonly createdAt: Date;
}

const text = { type: String, required: true };
const part = { _id: false, strict: 'throw' } as const;

/** The collection `signingKeys`; shared by all tenants. An index lets two nodes that boot at once make one key, not two. */
export function createSigningKeyModel(connection: Connection, prefix = ''): Model<SigningKeyRecord> {
  const schema = new Schema<SigningKeyRecord>({
    _id: text,
    algorithm: { ...text, enum: ['ES256'] },
    publicJwk: { type: new Schema({ kty: text, crv: text, x: text, y: text, kid: text, alg: text, use: text }, part), required: true },
    encryptedPrivateKey: { type: new Schema({ iv: text, tag: text, data: text }, part), required: true },
    number: { type: Number, required: true },
    signsFrom: { type: Date, required: true },
    createdAt: { type: Date, required: true },
  }, { strict: 'throw', strictQuery: 'throw', autoIndex: false, versionKey: false });
  schema.index({ number: 1 }, { unique: true });
  return connection.model<SigningKeyRecord>('SigningKey', schema, `${prefix}signingKeys`);
}
