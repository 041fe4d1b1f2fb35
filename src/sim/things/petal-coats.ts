import type { Coat } from '../drawing/skin.js';

export const YELLOW: Coat = { lit: '#fff07a', mid: '#fbd02c', dark: '#c98a10', rim: '#6a4404' };
export const WHITE: Coat = { lit: '#ffffff', mid: '#f4f4f0', dark: '#b8bcbc', rim: '#6e7478' };
export const PINK: Coat = { lit: '#ffd6e4', mid: '#f08fb4', dark: '#b84a7c', rim: '#5c1c3c' };
export const VIOLET: Coat = { lit: '#d8c4ff', mid: '#9674e0', dark: '#5c3ca4', rim: '#2a1656' };
export const GOLD: Coat = { lit: '#ffe27a', mid: '#eeb022', dark: '#a66a0a', rim: '#5a3402' };
