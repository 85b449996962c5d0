/** Whether the sources of a clone run. If not, the built package runs, which is installed somewhere. */
export const runsFromSource = import.meta.url.endsWith('.ts');

/** The text that a person types to run a command of Gatehouse where this code runs: an npm script of a clone, or the installed program. */
export function commandText(command: string, args = ''): string {
  if (!runsFromSource) return ['npx express-gatehouse', command, args].join(' ').trim();
  const script = command === 'start' ? 'npm start' : `npm run ${command}`;
  return args === '' ? script : `${script} -- ${args}`;
}
