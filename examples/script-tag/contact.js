// The button starts disabled: without this script the browser would post the answers to a static file.
const form = document.querySelector('#contact-form');

form.querySelector('button').disabled = false;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  location.assign(form.action);
});
