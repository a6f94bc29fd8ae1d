import { init, track } from '@plausible-analytics/tracker';

init({
  domain: 'bench.example',
  endpoint: `${location.origin}/api/event`,
  captureOnLocalhost: true,
  outboundLinks: true,
  fileDownloads: true,
  formSubmissions: true,
  logging: false,
});
window.bench = { track: (name, props) => track(name, { props }) };
