import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import type { Session } from './session.model.ts';

/** A session as its user and administrators see it. */
export const sessionShape = z.object({
  sessionId: z.string(),
  kind: z.enum(['user', 'client']),
  /** userId or clientId */
  userId: z.string(),
  createdAt: instant,
  expiresAt: instant,
  device: z.object({ userAgent: z.string().nullable(), ip: z.string().nullable() }),
  /** Whether it is the session of this request. */
  current: z.boolean(),
}).meta({ id: 'Session' });

export function sessionView(session: Session, currentId: string) {
  return { ...session, sessionId: session._id, current: session._id === currentId };
}
