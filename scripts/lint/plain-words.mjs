const refused = new RegExp(
  '\\b(?:whomever|whoever|so many|so much as|what it answers|as it stands alone|come to count|so-manieth|in hand|whom it is for)\\b'
  + '|\\bMakes (?:what|the)\\b', 'gi');

/** An eslint rule that reports phrases in comments that a reader would have to read twice. */
const rule = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { phrase: 'Write "{{phrase}}" in plain English: a subject, a verb, an object and the standard term.' },
  },
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        // A phrase may continue on the next line of the comment.
        const text = comment.value.replaceAll(/\s*\n[ \t]*\*?/g, ' ');
        for (const [phrase] of text.replaceAll(/ +/g, ' ').matchAll(refused)) {
          context.report({ loc: comment.loc, messageId: 'phrase', data: { phrase } });
        }
      }
    },
  }),
};

const files = ['src/**/*.ts', 'config/**/*.ts', 'scripts/**/*.ts', 'examples/**/*.ts'];

/** The part of an eslint configuration that applies the rule to these folders. */
export const plainWords = {
  files,
  plugins: { gatehouse: { rules: { 'plain-words': rule } } },
  rules: { 'gatehouse/plain-words': 'error' },
};
