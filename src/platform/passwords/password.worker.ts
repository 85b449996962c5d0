import bcrypt from 'bcryptjs';
import { yieldToOthers } from './password.priority.ts';

yieldToOthers();

/** One bcrypt computation. */
export interface BcryptTask {
  /** 44 characters of base64, never the password itself. */
  readonly digest: string;
  /** `$2b$10$` and 22 characters: a new salt to hash a password, the beginning of a stored hash to compare one. */
  readonly salt: string;
}

/** Computes the bcrypt hash of a digest with a salt, in a thread of the pool. */
export default function computeBcrypt(task: BcryptTask): string {
  return bcrypt.hashSync(task.digest, task.salt);
}
