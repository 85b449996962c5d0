import { parsePath } from './condition.attribute.ts';
import type { FieldError } from '../../errors/errors.ts';
import type { Policy } from './policy.ts';

/** A fault for each condition on `subject.attributes.NAME` with a name that is not declared. `field` is the place of the policies. */
export function findUndeclaredAttributes(declared: readonly string[], policies: readonly Policy[], field: string): FieldError[] {
  const isUndeclared = (written: string) => {
    const path = parsePath(written);
    if (path?.of !== 'subject' || path.names[0] !== 'attributes') return false;
    const [, name, ...further] = path.names;
    return name === undefined || further.length > 0 || !declared.includes(name);
  };
  return policies.flatMap(({ conditions = [] }, index) => conditions.flatMap((condition, place) => {
    if (condition.type !== 'attribute') return [];
    return (['left', 'right'] as const).flatMap((side) => {
      const { [side]: written } = condition;
      if (typeof written !== 'string' || !isUndeclared(written)) return [];
      return [{ field: `${field}[${index}].conditions[${place}].${side}`, message: `${written} is no declared attribute` }];
    });
  }));
}
