/** The first form of a page. */
export interface Form {
  /** As written: it may be relative, or empty for the page's own URL. */
  readonly action: string;
  readonly method: 'GET' | 'POST';
  /** Its inputs with their values, and its first button. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Reads the first form of a page as far as it needs no scripts; undefined if there is none. */
export function readForm(html: string): Form | undefined {
  const [, tag, content = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (tag === undefined) return undefined;
  const { action = '', method = 'get' } = readAttributes(tag);
  const controls = [...content.matchAll(/<(input|button)\b([^>]*)>/gi)].map(([, kind = '', text = '']) => {
    const { type = kind.toLowerCase() === 'button' ? 'submit' : 'text', name, value = '' } = readAttributes(text);
    return { type: type.toLowerCase(), name, value, isChosen: /\bchecked\b/i.test(text) };
  });
  const firstButton = controls.find(({ type, name }) => type === 'submit' && name !== undefined);
  const sent = controls.filter((control) => (
    control.type === 'submit' ? control === firstButton : !/^(checkbox|radio)$/.test(control.type) || control.isChosen));
  return {
    action, method: method.toUpperCase() === 'POST' ? 'POST' : 'GET',
    fields: Object.fromEntries(sent.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value]]))),
  };
}

function readAttributes(tag: string): Record<string, string> {
  return Object.fromEntries([...tag.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name = '', double, single]) => (
    [name.toLowerCase(), decode(double ?? single ?? '')])));
}

function decode(text: string): string {
  const named: Readonly<Record<string, string>> = { quot: '"', apos: '\'', lt: '<', gt: '>', amp: '&' };
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return hex !== undefined ? String.fromCodePoint(Number.parseInt(hex, 16)) : named[name ?? ''] ?? all;
  });
}
