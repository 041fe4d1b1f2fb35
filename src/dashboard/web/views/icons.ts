import { html } from 'lit';

export const brandMark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="8" class="mark-ground" />
  <path d="M9 23C8 14 13 8 24 8c0 11-6 16-15 15Z" class="mark-leaf" />
  <path d="M8 25 18 15" class="mark-vein" />
  <circle cx="18" cy="15" r="2.6" class="mark-pest" />
</svg>`;

export const alertIcon = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M12 3.5 22 20.5H2Z" /><path d="M12 10v5M12 17.6v.4" />
</svg>`;

export const doneIcon = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
  <circle cx="12" cy="12" r="9" /><path d="m8 12.5 2.8 2.8L16.2 9.5" />
</svg>`;
