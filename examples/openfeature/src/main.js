import { init, pageview } from '@footfall/sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';

const { origin } = await (await fetch('/config.json')).json();

// The unit: without consent to recognise the visitor, the page names the user that is signed in.
const user = new URLSearchParams(location.search).get('user') ?? 'guest';

let expose = () => {};
const exposures = (tracker) => {
  expose = ({ flagMetadata: { experimentKey, phase, unitType, variationId } }) =>
    tracker.send({
      type: 'exposure',
      props: { experiment: experimentKey, phase, unitType, variation: variationId, unit: user },
    });
};
const footfall = init({ site: 'demo', endpoint: origin, captures: [exposures, pageview()] });
footfall.identify(user);

// Only where the page shows what it asked for; a poll that changes nothing shows nothing new.
const seen = new Set();
OpenFeature.addHooks({
  after(_, details) {
    const name = details.flagMetadata.assignmentId + details.variant;
    if (details.reason !== 'SPLIT' || seen.has(name)) return;
    seen.add(name);
    expose(details);
  },
});

const select = document.querySelector('#country');
await OpenFeature.setContext({ targetingKey: user, country: select.value });
const pollInterval = Number(new URLSearchParams(location.search).get('poll') ?? 30_000);
OpenFeature.setProvider(
  new OFREPWebProvider({ baseUrl: origin, headers: [['x-api-key', 'demo']], pollInterval }),
);
const client = OpenFeature.getClient();

function show() {
  const { value, reason, variant } = client.getStringDetails('banner', 'welcome');
  const banner = document.querySelector('#banner');
  banner.textContent = value;
  banner.dataset.reason = reason;
  banner.dataset.variant = variant;
}

for (const event of [
  ProviderEvents.Ready,
  ProviderEvents.ConfigurationChanged,
  ProviderEvents.ContextChanged,
])
  client.addHandler(event, show);
select.addEventListener('change', () =>
  OpenFeature.setContext({ targetingKey: user, country: select.value }),
);
