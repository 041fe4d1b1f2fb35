/** One entity of a device, by Home Assistant's keys. `p` is its platform. */
export interface Component {
  readonly p: 'sensor' | 'binary_sensor' | 'switch' | 'number' | 'button' | 'image';
  readonly unique_id: string;
  readonly name: string;
  readonly [key: string]: unknown;
}

/** What a concern knows of a component: its key within the device, without what the device adds (`unique_id`). */
export type Draft = Omit<Component, 'unique_id'> & { readonly p: Component['p']; readonly name: string };

/** Told every minute: after three without a word the value is not known any more. */
export const EXPIRE_AFTER_S = 180;

/** A key or id as Home Assistant takes it. */
export function slug(text: string): string {
  return text.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/** A text within a Jinja template. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
