import { z } from 'zod';
import { instant } from '../../http/route/output.ts';
import { userShape, userView } from '../users/user.shape.ts';
import type { Session } from './session.model.ts';
import type { OpenedSession } from './session.types.ts';

/** A new session with its tokens. */
export const loginShape = z.object({
  access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int(), refresh_token: z.string(), user: userShape,
}).meta({ id: 'Login' });

export function loginView({ user, access, refreshToken }: OpenedSession) {
  return {
    access_token: access.token, token_type: 'Bearer' as const, expires_in: access.expiresInSeconds, refresh_token: refreshToken,
    user: userView(user),
  };
}

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
