import type { Row } from './ledger.js';

const COLUMNS = ['scenario', 'system', 'accepted', 'delivered', 'lost', 'duplicated', 'outOfOrder'] as const;
const TITLES: Readonly<Partial<Record<keyof Row, string>>> = { outOfOrder: 'out of order' };

/** Rows as a Markdown table with aligned columns. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => COLUMNS.map((column) => shown(row[column])));
  const titles = COLUMNS.map((column) => TITLES[column] ?? column);
  const widths = COLUMNS.map((_, i) => Math.max(...[titles, ...cells].map((line) => (line[i] as string).length)));
  const isNumber = (i: number) => i > 1;
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => (isNumber(i) ? text.padStart(widths[i] as number) : text.padEnd(widths[i] as number))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (isNumber(i) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`;
  return [line(titles), rule, ...cells.map(line)].join('\n');
}

const shown = (value: string | number) => (typeof value === 'number' ? value.toLocaleString('en') : value);
