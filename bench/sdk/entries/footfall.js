import * as sdk from '@footfall/sdk';

const { init, whenQuiet, ...captures } = sdk;
const footfall = init({
  site: 'bench',
  endpoint: location.origin,
  captures: Object.values(captures).map((capture) => capture()),
});
window.bench = { track: (name, props) => footfall.track(name, props) };
