import { StrictMode } from 'react';
import { options } from '../options';
import { App } from './App';
import { FootfallProvider } from './footfall';

export function Root() {
  return (
    <StrictMode>
      <FootfallProvider options={options}>
        <App />
      </FootfallProvider>
    </StrictMode>
  );
}
