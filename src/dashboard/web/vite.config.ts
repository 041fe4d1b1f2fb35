import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: '../../../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no inline scripts, which the polyfill would be.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
