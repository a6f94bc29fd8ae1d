const log = document.querySelector('#trouble-log');

onPress('#throw-error', () => {
  log.textContent = 'An error was thrown.';
  openMap('ada@example.org');
});

onPress('#reject-promise', () => {
  log.textContent = 'A promise was rejected.';
  loadWeather();
});

onPress('#error-storm', () => {
  log.textContent = 'A hundred errors were thrown.';
  // A task for each: an error ends its task, and the next one starts clean.
  for (let i = 0; i < 100; i++) setTimeout(crossRiver);
});

function onPress(selector, run) {
  document.querySelector(selector).addEventListener('click', run);
}

function openMap(reader) {
  throw new TypeError(`No map is folded for ${reader}`);
}

async function loadWeather() {
  await new Promise((resolve) => setTimeout(resolve, 50));
  throw new Error('The weather station does not answer');
}

function crossRiver() {
  throw new RangeError('The footbridge is under water');
}
