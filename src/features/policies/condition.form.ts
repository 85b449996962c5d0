import type { Scalar } from '../../engine/resources/stored-value.ts';
import { attributeOperators, parsePath } from '../../engine/policies/condition.attribute.ts';
import type { AttributeCondition, AttributeOperator } from '../../engine/policies/condition.attribute.ts';
import { parseRange } from '../../engine/policies/condition.ip.ts';
import { isZone, minuteOf, weekdays } from '../../engine/policies/condition.time.ts';
import type { Weekday } from '../../engine/policies/condition.time.ts';
import type { Condition } from '../../engine/policies/condition.ts';
import { selfAssertedPath } from '../../engine/policies/self-asserted.ts';
import type { Refuse } from '../../http/input/fields.ts';
import { listAt, objectAt } from '../../http/input/json-form.ts';

/** Most ranges of one condition, and most values of one list. */
const maxListed = 100;
const maxText = 256;

/** Reads one condition; refuses what could never be decided. */
export function parseCondition(item: unknown, at: string, refuse: Refuse): Condition {
  const { type } = objectAt(item, at, ['type', 'value', 'days', 'from', 'to', 'zone', 'ranges', 'left', 'operator', 'right'], refuse);
  switch (type) {
    case 'tenant': {
      const { value } = objectAt(item, at, ['type', 'value'], refuse);
      return { type, value: textAt(value, `${at}.value`, refuse) };
    }
    case 'time': return parseTime(item, at, refuse);
    case 'ip': {
      const { ranges } = objectAt(item, at, ['type', 'ranges'], refuse);
      return { type, ranges: listAt(ranges, `${at}.ranges`, { min: 1, max: maxListed }, refuse).map((range, index) => (
        typeof range === 'string' && parseRange(range) ? range : refuse('must be an IP address or a range such as 10.0.0.0/8', `${at}.ranges[${index}]`))) };
    }
    case 'attribute': return parseAttribute(item, at, refuse);
    default: return refuse('must be tenant, time, ip or attribute', `${at}.type`);
  }
}

function parseTime(item: unknown, at: string, refuse: Refuse): Condition {
  const { days, from, to, zone } = objectAt(item, at, ['type', 'days', 'from', 'to', 'zone'], refuse);
  const clock = (value: unknown, name: string) => (typeof value === 'string' && minuteOf(value) !== undefined ? value : refuse('must be a time of day such as 08:00', `${at}.${name}`));
  const [begins, ends] = [clock(from, 'from'), clock(to, 'to')];
  if (begins === ends) return refuse('must not be the same as from', `${at}.to`);
  if (typeof zone !== 'string' || !isZone(zone)) return refuse('must be a time zone such as Europe/Berlin', `${at}.zone`);
  const known = days === undefined ? undefined : listAt(days, `${at}.days`, { min: 1, max: weekdays.length }, refuse)
    .map((day, index) => (isWeekday(day) ? day : refuse(`must be of ${weekdays.join(', ')}`, `${at}.days[${index}]`)));
  return { type: 'time', ...(known && { days: known }), from: begins, to: ends, zone };
}

function parseAttribute(item: unknown, at: string, refuse: Refuse): AttributeCondition {
  const { left, operator, right } = objectAt(item, at, ['type', 'left', 'operator', 'right'], refuse);
  const path = (value: unknown, name: string) => {
    const parsed = typeof value === 'string' ? parsePath(value) : undefined;
    if (parsed && selfAssertedPath.test(parsed.text)) return refuse('must not be a name that users give themselves: compare subject.id, or subject.email, which counts once it is confirmed', `${at}.${name}`);
    return parsed && typeof value === 'string' ? { text: value, of: parsed.of } : refuse('must be subject.NAME or resource.NAME', `${at}.${name}`);
  };
  const from = path(left, 'left');
  if (!isOperator(operator)) return refuse(`must be of ${attributeOperators.join(', ')}`, `${at}.operator`);
  if (operator === 'exists' && right === undefined) return { type: 'attribute', left: from.text, operator };
  if (typeof right === 'string') {
    if (operator === 'exists') return refuse('must be { "value": true } or { "value": false }', `${at}.right`);
    const to = path(right, 'right');
    if (from.of === 'resource' && to.of === 'resource') return refuse('must not be of the resource as well: two of its attributes cannot be compared', `${at}.right`);
    return { type: 'attribute', left: from.text, operator, right: to.text };
  }
  const { value } = objectAt(right, `${at}.right`, ['value'], refuse);
  return { type: 'attribute', left: from.text, operator, right: { value: parseValue(value, operator, `${at}.right.value`, refuse) } };
}

function parseValue(value: unknown, operator: AttributeOperator, at: string, refuse: Refuse): Scalar | Scalar[] {
  if (operator === 'in') return listAt(value, at, { min: 1, max: maxListed }, refuse).map((each, index) => scalarAt(each, `${at}[${index}]`, refuse));
  if (operator === 'exists') return typeof value === 'boolean' ? value : refuse('must be true or false', at);
  return scalarAt(value, at, refuse);
}

function scalarAt(value: unknown, at: string, refuse: Refuse): Scalar {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  return textAt(value, at, refuse);
}

function textAt(value: unknown, at: string, refuse: Refuse): string {
  return typeof value === 'string' && value.length <= maxText ? value : refuse(`must be text of at most ${maxText} characters, a number, true or false`, at);
}

function isWeekday(value: unknown): value is Weekday {
  return weekdays.some((weekday) => weekday === value);
}

function isOperator(value: unknown): value is AttributeOperator {
  return attributeOperators.some((operator) => operator === value);
}
