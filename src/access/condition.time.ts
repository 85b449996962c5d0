import type { ConditionTest } from './condition.ts';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** A window of the clock on the wall of a place, the first minute included and the last not; over midnight if `to` is the earlier. */
export interface TimeCondition {
  readonly type: 'time';
  /** On which the window begins; absent: every day. */
  readonly days?: readonly Weekday[];
  /** `HH:MM` */
  readonly from: string;
  /** `HH:MM`, at most 24:00 */
  readonly to: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly zone: string;
}

interface WallClock {
  readonly day: number;
  /** Of the day, 0 to 1,439. */
  readonly minute: number;
}

/** Asks whether the place's clock shows a time in the window; a clock that was changed shows what it shows. */
export function compileTime({ days, from, to, zone }: TimeCondition): ConditionTest {
  const format = formatOf(zone);
  const [start, end] = [minuteOf(from), minuteOf(to)];
  if (!format || start === undefined || end === undefined) return () => 'missing';
  const isOn = (day: number) => !days || days.includes(weekdays[(day + 7) % 7] ?? 'sun');
  return ({ now }) => {
    const { day, minute } = wallClock(now, format);
    const isIn = start < end ? isOn(day) && minute >= start && minute < end : (isOn(day) && minute >= start) || (isOn(day - 1) && minute < end);
    return isIn ? 'yes' : 'no';
  };
}

/** Minutes since midnight; undefined for what is no `HH:MM`. */
export function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 24 * 60 ? minute : undefined;
}

export function isZone(zone: string): boolean {
  return formatOf(zone) !== undefined;
}

function wallClock(now: number, format: Intl.DateTimeFormat): WallClock {
  const shown = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = weekdays.findIndex((weekday) => weekday === shown.get('weekday')?.toLowerCase());
  return { day, minute: Number(shown.get('hour')) * 60 + Number(shown.get('minute')) };
}

/** Undefined: there is no such zone. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  } catch {
    return undefined;
  }
}
