import type { Policy } from '../../../src/engine/policies/policy.ts';

/** Counts the decisions in which a condition asks about a field of some kind, or with a value of some type, and the types of ids. */
export function typesMet() {
  const counts = new Map<string, number>();
  let decisions = 0;
  const share = (type: string): number => (counts.get(type) ?? 0) / decisions;

  return {
    /** `documents` as they were given to the driver: it reads numbers of several types as one. */
    count(documents: readonly Readonly<Record<string, unknown>>[], policies: readonly Policy[]): void {
      const asked = policies.flatMap(({ conditions = [] }) => conditions.flatMap(
        (condition) => (condition.type === 'attribute' ? condition.left.split('.').slice(1, 2) : []),
      ));
      for (const document of documents) {
        decisions += 1;
        const found = asked.filter((name) => name in document);
        const kinds = new Set([
          idTypeOf(document['_id']), ...found.map((name) => `field ${name}`), ...found.flatMap((name) => typesOf(document[name])),
        ]);
        for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
    },
    decisions: () => decisions,
    /** Those that were met in too few decisions to prove anything. */
    rare: (least: number) => expected.filter((type) => share(type) < least),
    describe: () => expected.map((type) => `${type} ${(share(type) * 100).toFixed(1)}`).join(', '),
  };
}

const expected = [
  'text', 'Int32', 'Double', 'large integer', 'Decimal128', 'boolean', 'Date', 'ObjectId', 'UUID', 'bytes', 'list', 'document', 'null',
  'field low', 'field set', 'field rounded', 'field mixed', 'field map', 'field loose',
  'Int32 id', 'Double id', 'large integer id', 'UUID id', 'ObjectId id', 'text id', 'text id with / * or a space',
];

function typesOf(value: unknown): string[] {
  return Array.isArray(value) ? ['list', ...value.flatMap(typesOf)] : [typeOf(value)];
}

function idTypeOf(id: unknown): string {
  return typeof id === 'string' && /[/* ]/.test(id) ? 'text id with / * or a space' : `${typeOf(id)} id`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Date) return 'Date';
  if (typeof value !== 'object') return typeof value === 'string' ? 'text' : typeof value;
  const type = String('_bsontype' in value ? value._bsontype : 'document');
  if (type === 'Binary') return 'sub_type' in value && value.sub_type === 4 ? 'UUID' : 'bytes';
  return type === 'Long' && !Number.isSafeInteger(Number(value)) ? 'large integer' : type;
}
