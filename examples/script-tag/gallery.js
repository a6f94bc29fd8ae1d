// The three plates are real pages. This script swaps the part that differs and changes the address,
// so that the folder shows a history navigation without giving up reload and plain links.
const plates = new Map([
  [location.pathname, { title: document.title, plate: document.querySelector('#plate') }],
]);
let wanted = location.pathname;

document.addEventListener('click', async (event) => {
  const link = event.target.closest('.strip a');
  const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (!link || opensElsewhere) return;
  event.preventDefault();
  const { pathname, href } = link;
  if (pathname === wanted) return;
  // The title changes first: whatever watches the address then finds the title that belongs to it.
  const shown = await showPlate(pathname);
  if (shown) history.pushState(null, '', href);
});

// A jump to a fragment fires popstate too, hence the comparison.
addEventListener('popstate', () => {
  if (location.pathname !== wanted) showPlate(location.pathname);
});

async function showPlate(path) {
  wanted = path;
  if (!plates.has(path)) plates.set(path, await readPlate(path));
  if (wanted !== path) return false;
  const { title, plate } = plates.get(path);
  document.title = title;
  document.querySelector('#plate').replaceWith(plate);
  plate.querySelector('h1').focus({ preventScroll: true });
  return true;
}

async function readPlate(path) {
  const response = await fetch(path).catch(() => undefined);
  const page = new DOMParser().parseFromString((await response?.text()) ?? '', 'text/html');
  const plate = page.querySelector('#plate');
  if (plate) return { title: page.title, plate };
  // The browser goes there itself, and shows the reason if there is nothing to see.
  location.assign(path);
  return new Promise(() => {});
}
