import { parsePath } from './condition.attribute.ts';
import type { FieldError } from '../../errors/errors.ts';
import type { Policy } from './policy.ts';

/** The attributes of a user or client that conditions may read as `subject.NAME`. */
export const subjectAttributes = ['id', 'email', 'emailVerified', 'roles', 'memberships', 'department', 'attributes'] as const;

/** The form of NAME in `subject.attributes.NAME`. A deployment declares these names. */
export const attributeName = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** A value for each of these attributes. An attribute can be absent for some users. */
export type SubjectAttributes = Readonly<Partial<Record<(typeof subjectAttributes)[number], unknown>>>;

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
