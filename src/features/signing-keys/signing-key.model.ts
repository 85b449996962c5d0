import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Sealed } from '../../platform/sealed.ts';

/** A public key as it is published (RFC 7517, RFC 7518 section 6.2). */
export interface PublishedJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A stored signing key: the private key is encrypted, the public key is stored as it is published. */
export interface SigningKeyRecord {
  /** The `kid`: the thumbprint of the public key (RFC 7638). */
  readonly _id: string;
  readonly algorithm: 'ES256';
  readonly publicJwk: PublishedJwk;
  readonly encryptedPrivateKey: Sealed;
  /** Each key has the next higher number. */
  readonly number: number;
  /** When it starts to sign; it stops when the next key starts. */
  readonly signsFrom: Date;
  readonly createdAt: Date;
}

const text = { type: String, required: true };
const part = { _id: false, strict: 'throw' } as const;

/** The collection `signingKeys`, for all tenants. Because of the unique number, nodes that start at the same time create one key. */
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
