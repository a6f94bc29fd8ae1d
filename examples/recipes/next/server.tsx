// What Next does with a page on the server.
import { renderToString } from 'react-dom/server';
import Page from './Page';

export const render = () => renderToString(<Page />);
