/** Hours, minutes and seconds at the site; the date comes before them where it is not today. */
export function clockTime(at: string | number, timeZone: string, nowMs: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const time = date.toLocaleTimeString('en-GB', { timeZone, hour12: false });
  const day = dayOf(date, timeZone);
  return day === dayOf(new Date(nowMs), timeZone) ? time : `${day} ${time}`;
}

const dayOf = (date: Date, timeZone: string) =>
  date.toLocaleDateString('en-GB', { timeZone, day: 'numeric', month: 'short' });

/** A probability in whole percent; never 100 % or 0 % where it is merely near. */
export function percent(score: number): string {
  if (score > 0.99 && score < 1) return '>99 %';
  if (score > 0 && score < 0.01) return '<1 %';
  return `${Math.round(score * 100)} %`;
}

export const cosine = (similarity: number) => similarity.toFixed(3);

/** "93 %", or the similarity where no score is possible. */
export function confidence({ score, similarity }: { readonly score: number | null; readonly similarity: number }) {
  return score === null ? `sim ${cosine(similarity)}` : percent(score);
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s` : `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function millimetres(px: number, mmPerPixel: number): string {
  const mm = px * mmPerPixel;
  return mm < 10 ? mm.toFixed(1) : String(Math.round(mm));
}

export const shortHash = (hash: string) => hash.slice(0, 8);
