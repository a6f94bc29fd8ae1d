import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import './footfall';
import { router } from './router';
import './shop.css';

const container = document.getElementById('root');
if (!container) throw new Error('index.html: expected an element with the id "root"');

// An error that a boundary catches never reaches the window. reportError() sends it there, where Footfall listens.
createRoot(container, { onCaughtError: (error) => reportError(error) }).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
