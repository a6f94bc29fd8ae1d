// Runs before the first paint, so that a page of the chosen colours never shows the others first.
try {
  const stored = localStorage.getItem('footfall.theme');
  document.documentElement.dataset.theme = stored === 'light' || stored === 'dark' ? stored : 'system';
} catch {}
