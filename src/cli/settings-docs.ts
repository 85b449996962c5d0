import { listSettings, type SettingNote } from '../settings/settings.schema.ts';

const begin = '<!-- settings:begin -->';
const end = '<!-- settings:end -->';

const requiredTexts = {
  always: 'yes; outside production the command `start` provides it',
  'in production': 'in production',
  no: 'no',
} as const satisfies Record<SettingNote['required'], string>;

/** The text of `.env.example`: every setting with its default. Optional settings are commented out. */
export function renderEnvExample(): string {
  const parts = listSettings().map(({ name, note }) => {
    const lines = [...wrap(toPlain(note.about)), ...(note.required === 'no' ? [] : wrap(`Required in production. ${note.cure}`))];
    const assignment = note.required === 'no' ? `#${name}=${note.fallback ?? ''}` : `${name}=`;
    return [...lines.map((line) => `# ${line}`), assignment].join('\n');
  });
  const head = '# The settings of Gatehouse and their defaults, as the command "settings" writes them.';
  return `${[head, ...parts].join('\n\n')}\n`;
}

/** The table of settings, in Markdown, without its markers. */
export function renderSettingsTable(): string {
  const rows = listSettings().map(({ name, note }) => {
    const fallback = note.fallback ? `\`${note.fallback}\`` : '';
    return `| ${[`\`${name}\``, fallback, requiredTexts[note.required], note.about.replaceAll('|', '\\|')].join(' | ')} |`;
  });
  return ['| Setting | Default | Required | Meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** A page with a new table between its markers; undefined unless it has both markers once, in order. */
export function replaceSettingsTable(page: string, table: string): string | undefined {
  const [before, after, ...more] = page.split(begin);
  const [, rest, ...others] = after?.split(end) ?? [];
  if (before === undefined || rest === undefined || more.length > 0 || others.length > 0) return undefined;
  return `${before}${begin}\n${table}\n${end}${rest}`;
}

function toPlain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

/** Breaks a text into lines of at most 110 characters, at spaces. */
function wrap(text: string): string[] {
  return text.match(/\S.{0,109}(?=\s|$)/g) ?? [];
}
