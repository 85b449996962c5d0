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

/** What the clock on the wall of a place shows. */
export interface WallClock {
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
  return ({ now }, cache) => {
    cache.clocks ??= new Map();
    const shown = cache.clocks.get(format) ?? wallClock(now, format);
    if (!shown) return 'missing';
    cache.clocks.set(format, shown);
    const { day, minute } = shown;
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

/** Reads "Thu 10:00", in a quarter of the time that the parts of a format take. */
function wallClock(now: number, format: Intl.DateTimeFormat): WallClock | undefined {
  const [, weekday, hours, minutes] = /^(\w+)\W+(\d+):(\d+)$/.exec(format.format(now)) ?? [];
  const day = weekdays.findIndex((each) => each === weekday?.toLowerCase());
  return day < 0 ? undefined : { day, minute: Number(hours) * 60 + Number(minutes) };
}

/** By zone in small letters. Making one takes 0.1 ms and some kB; there are only so many zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Undefined: there is no such zone. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const name = zone.toLowerCase();
  const known = formats.get(name);
  if (known || !/^[a-z]/.test(name)) return known; // an offset such as +01:00 is no zone
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(name, format);
    return format;
  } catch {
    return undefined;
  }
}
