import type { KnownSource } from '../../users/user.model.ts';

const day = 24 * 3_600_000;
const lifetime = 30 * day;
const maxSources = 10;

/** Whether a user has logged in from this source (a digest) in the 30 days before `now` (ms since 1970). */
export function isKnownSource(known: readonly KnownSource[], source: string, now: number): boolean {
  return known.some((each) => each.source === source && each.lastAt.getTime() > now - lifetime);
}

/**
 * The known sources of a user after a login from this source: the latest 10 of the last 30 days.
 *
 * Null if this source was noted less than a day ago, so that not every login writes.
 */
export function withSource(known: readonly KnownSource[], source: string, now: number): KnownSource[] | null {
  const noted = known.find((each) => each.source === source);
  if (noted && noted.lastAt.getTime() > now - day) return null;
  const others = known.filter((each) => each !== noted && each.lastAt.getTime() > now - lifetime)
    .sort((a, b) => b.lastAt.getTime() - a.lastAt.getTime());
  return [{ source, lastAt: new Date(now) }, ...others.slice(0, maxSources - 1)];
}
