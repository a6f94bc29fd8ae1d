import { useState } from 'react';
import { Link, NavLink, Outlet, ScrollRestoration, useOutletContext } from 'react-router';
import type { Product } from './products';

export type Cart = { items: Product[]; add: (product: Product) => void; empty: () => void };

export function useCart(): Cart {
  return useOutletContext<Cart>();
}

export function Layout() {
  const [items, setItems] = useState<Product[]>([]);
  const cart: Cart = {
    items,
    add: (product) => setItems((before) => [...before, product]),
    empty: () => setItems([]),
  };
  return (
    <>
      <header className="masthead">
        <Link className="brand" to="/">
          Fold &amp; Crease
        </Link>
        <nav className="menu" aria-label="Main">
          <NavLink to="/products">Paper</NavLink>
          <NavLink to="/order">Order ({items.length})</NavLink>
          <NavLink to="/trouble">Trouble</NavLink>
        </nav>
      </header>
      <main>
        <Outlet context={cart} />
      </main>
      <footer className="colophon">
        Fold &amp; Crease does not exist. Its pages measure pageviews, clicks, scroll depth, form submits
        (never the values), errors and two events of the shop&rsquo;s own with Footfall:{' '}
        <a href="/dashboard">see the dashboard</a>.
      </footer>
      <ScrollRestoration />
    </>
  );
}
