import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The collector serves the folder given by --demo at /demo/.
export default defineConfig({ base: '/demo/', plugins: [react()] });
