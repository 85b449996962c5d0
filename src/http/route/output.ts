import { z } from 'zod';

/** A time in a response: the handler returns a Date, the client gets RFC 3339 text in UTC. */
export const instant = z.date().transform((date) => date.toISOString()).pipe(z.string().meta({ format: 'date-time' }));
