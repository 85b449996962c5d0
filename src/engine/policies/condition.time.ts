import type { ConditionTest, WallClock } from './decision-context.types.ts';

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof weekdays)[number];

/** A time of day in a time zone. `from` is included, `to` is not. If `to` is earlier than `from`, the window ends on the next day. */
export interface TimeCondition {
  readonly type: 'time';
  /** The days on which the window begins; absent: every day. */
  readonly days?: readonly Weekday[];
  /** `HH:MM` */
  readonly from: string;
  /** `HH:MM`, at most 24:00 */
  readonly to: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly zone: string;
}

/** Tests whether the local time is in the window. Daylight saving time is not corrected: only what the clock shows is compared. */
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
    const isIn = start < end
      ? isOn(day) && minute >= start && minute < end
      : (isOn(day) && minute >= start) || (isOn(day - 1) && minute < end);
    return isIn ? 'yes' : 'no';
  };
}

/** Minutes since midnight; undefined if the text is not `HH:MM`. */
export function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 24 * 60 ? minute : undefined;
}

export function isZone(zone: string): boolean {
  return formatOf(zone) !== undefined;
}

/** Parses "Thu 10:00". This takes a quarter of the time of `formatToParts`. */
function wallClock(now: number, format: Intl.DateTimeFormat): WallClock | undefined {
  const [, weekday, hours, minutes] = /^(\w+)\W+(\d+):(\d+)$/.exec(format.format(now)) ?? [];
  const day = weekdays.findIndex((each) => each === weekday?.toLowerCase());
  return day < 0 ? undefined : { day, minute: Number(hours) * 60 + Number(minutes) };
}

/** By zone in lower case. Creating one takes 0.1 ms and some kB. The number of zones limits the size of the map. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Undefined if there is no such zone. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const name = zone.toLowerCase();
  const known = formats.get(name);
  if (known || !/^[a-z]/.test(name)) return known; // an offset such as +01:00 is not a zone
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    });
    formats.set(name, format);
    return format;
  } catch {
    return undefined;
  }
}
