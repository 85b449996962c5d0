import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import type { Session } from './session.model.ts';

/** A session as shown to its user and to administrators. */
export const sessionShape = z.object({
  sessionId: z.string(),
  kind: z.enum(['user', 'client']),
  /** Of a client, its clientId. */
  userId: z.string(),
  createdAt: instant,
  expiresAt: instant,
  device: z.object({ userAgent: z.string().nullable(), ip: z.string().nullable() }),
  /** Whether it is the one that asks. */
  current: z.boolean(),
});

export function sessionView(session: Session, currentId: string) {
  return { ...session, kind: session.kind ?? 'user', sessionId: session._id, current: session._id === currentId };
}
