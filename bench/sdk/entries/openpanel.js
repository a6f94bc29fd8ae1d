import { OpenPanel } from '@openpanel/web';

const panel = new OpenPanel({
  clientId: 'bench',
  apiUrl: location.origin,
  trackScreenViews: true,
  trackOutgoingLinks: true,
  trackAttributes: true,
});
window.bench = { track: (name, props) => void panel.track(name, props) };
