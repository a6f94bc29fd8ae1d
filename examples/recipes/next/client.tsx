// What Next does with the two files in the browser.
import './instrumentation-client';
import { hydrateRoot } from 'react-dom/client';
import Page from './Page';

hydrateRoot(document.querySelector('#root') ?? document.body, <Page />);
