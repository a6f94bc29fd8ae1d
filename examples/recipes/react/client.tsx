import { hydrateRoot } from 'react-dom/client';
import { Root } from './Root';

hydrateRoot(document.querySelector('#root') ?? document.body, <Root />);
