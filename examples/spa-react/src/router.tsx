import { createBrowserRouter } from 'react-router';
import { Failure } from './Failure';
import { Home } from './Home';
import { Layout } from './Layout';
import { NotFound } from './NotFound';
import { Order } from './Order';
import { ProductList } from './ProductList';
import { ProductPage } from './ProductPage';
import { Thanks } from './Thanks';
import { Trouble } from './Trouble';

const pages = [
  { index: true, Component: Home },
  { path: 'products', Component: ProductList },
  { path: 'products/:id', Component: ProductPage },
  { path: 'order', Component: Order },
  { path: 'thanks', Component: Thanks },
  { path: 'trouble', Component: Trouble },
  { path: '*', Component: NotFound },
];

// The boundary sits below the layout, so that the menu survives a page that fails.
export const router = createBrowserRouter(
  [{ Component: Layout, children: [{ ErrorBoundary: Failure, children: pages }] }],
  { basename: '/demo' },
);
