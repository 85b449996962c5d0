/** A part of a time in ISO 8601 with the sign after it, and its first and last value. */
interface TimePart {
  readonly digits: number;
  readonly sign: string;
  readonly first: number;
  readonly last: number;
}

/** `2026-07-15T10:00:00.000Z`. The last day depends on the month. */
const timeParts: readonly TimePart[] = [
  { digits: 4, sign: '-', first: 1, last: 9_999 },
  { digits: 2, sign: '-', first: 1, last: 12 },
  { digits: 2, sign: 'T', first: 1, last: 31 },
  { digits: 2, sign: ':', first: 0, last: 23 },
  { digits: 2, sign: ':', first: 0, last: 59 },
  { digits: 2, sign: '.', first: 0, last: 59 },
  { digits: 3, sign: 'Z', first: 0, last: 999 },
];

/**
 * Finds the first time since year 1 whose text in ISO 8601 is equal to a text or greater. After the last second of 9999 it answers
 * the first of the year 10000. It takes some 1 us, because a policy may hold a thousand texts.
 */
export function timeCeiling(text: string): Date {
  const values = timeParts.map(({ first }) => first);
  let at = 0;
  for (const [index, part] of timeParts.entries()) {
    const equal = numberAt(text, at, part);
    const last = index === dayPart ? lastDayOf(values) : part.last;
    const isEqual = equal >= part.first && equal <= last;
    values[index] = isEqual ? equal : firstValue(part, last, text.slice(at, at + part.digits + 1));
    // A greater part decides, and the rest stays at its first values.
    if (!isEqual) return timeOf(values);
    at += part.digits + 1;
  }
  const equal = timeOf(values);
  return text.length > at ? new Date(equal.getTime() + 1) : equal;
}

const dayPart = 2;
/** ms of 400 years of the Gregorian calendar. */
const fourCenturies = 146_097 * 86_400_000;

/** The number with this part's digits and sign at a place of a text, or -1. Without new strings, because it is called most often. */
function numberAt(text: string, at: number, { digits, sign }: TimePart): number {
  let number = 0;
  for (let index = at; index < at + digits; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return text[at + digits] === sign ? number : -1;
}

/** The first value whose text is greater, or `last + 1`, which is the start of the next greater unit. */
function firstValue(part: TimePart, last: number, wanted: string): number {
  let [from, to] = [part.first, last + 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (written(part, middle) >= wanted) to = middle;
    else from = middle + 1;
  }
  return from;
}

function written({ digits, sign }: TimePart, value: number): string {
  return String(value).padStart(digits, '0') + sign;
}

/** The days of the months of a common year. */
const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function lastDayOf([year = 1, month = 1]: readonly number[]): number {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeapYear ? 29 : daysOfMonths[month - 1] ?? 31;
}

/** The time of these parts. A part that is one too large goes into the next greater part. */
function timeOf([year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0]: readonly number[]): Date {
  // Date.UTC reads the years 0 to 99 as 1900 to 1999. 400 years later, the calendar is the same.
  return new Date(Date.UTC(year + 400, month - 1, day, hour, minute, second, millisecond) - fourCenturies);
}
