import bcrypt from 'bcryptjs';
import { yieldToOthers } from './password.priority.ts';

yieldToOthers();

/** One bcrypt computation: what is hashed (44 characters of base64, never the password itself) and the salt with its cost. */
export interface BcryptTask {
  readonly digest: string;
  /** `$2b$10$` and 22 characters: a fresh salt to hash, the head of a stored hash to compare. */
  readonly salt: string;
}

/** Runs in a thread of the pool, where it may take its time: the whole bcrypt hash of the digest under this salt. */
export default function computeBcrypt(task: BcryptTask): string {
  return bcrypt.hashSync(task.digest, task.salt);
}
