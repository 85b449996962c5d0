const wires = 'gatehouse.ts creates the parts of a Gatehouse and hands them to each other';

/** The part of an eslint configuration that keeps src/gatehouse.ts a list of parts: it is short, waits for nothing and makes no query. */
export const root = {
  files: ['src/gatehouse.ts'],
  rules: {
    'max-lines': ['error', { max: 130 }],
    'no-restricted-syntax': ['error', {
      selector: 'AwaitExpression, ForOfStatement[await=true]', message: `${wires}: wait in boot or in a module.`,
    }, {
      selector: 'CallExpression > MemberExpression.callee[property.name=/(find|update|delete)$/i]',
      message: `${wires}: a query belongs in a store.`,
    }],
  },
};
