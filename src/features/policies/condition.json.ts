import { attributeOperators } from '../../engine/policies/condition.attribute.ts';
import { weekdays } from '../../engine/policies/condition.time.ts';
import type { JsonSchema } from '../../http/input/fields.ts';

const scalar = { type: ['string', 'number', 'boolean'] };
const ofType = (type: string, required: readonly string[], properties: JsonSchema): JsonSchema => (
  { type: 'object', required: ['type', ...required], additionalProperties: false, properties: { type: { const: type }, ...properties } });

/** What a condition may be, for the documentation. */
export const conditionJson: JsonSchema = {
  anyOf: [
    ofType('tenant', ['value'], { value: { type: 'string' } }),
    ofType('time', ['from', 'to', 'zone'], {
      days: { type: 'array', minItems: 1, items: { enum: weekdays } },
      from: { type: 'string', examples: ['08:00'] }, to: { type: 'string', examples: ['18:00'] }, zone: { type: 'string', examples: ['Europe/Berlin'] },
    }),
    ofType('ip', ['ranges'], { ranges: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', examples: ['10.0.0.0/8'] } } }),
    ofType('attribute', ['left', 'operator'], {
      left: { type: 'string', examples: ['resource.ownerId'] },
      operator: { enum: attributeOperators },
      right: {
        anyOf: [
          { type: 'string', examples: ['subject.id'] },
          { type: 'object', required: ['value'], additionalProperties: false, properties: { value: { anyOf: [scalar, { type: 'array', items: scalar }] } } },
        ],
      },
    }),
  ],
};
