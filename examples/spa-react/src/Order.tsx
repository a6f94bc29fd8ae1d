import type { SubmitEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { footfall } from './footfall';
import { useCart } from './Layout';
import { CURRENCY, formatPrice } from './products';

export function Order() {
  const { items, empty } = useCart();
  const navigate = useNavigate();
  const total = items.reduce((sum, { price }) => sum + price, 0);

  function placeOrder(event: SubmitEvent) {
    event.preventDefault();
    footfall.track('order', { items: items.length }, { value: total, currency: CURRENCY });
    empty();
    navigate('/thanks');
  }

  return (
    <>
      <title>Your order | Fold &amp; Crease</title>
      <h1>Your order</h1>
      {items.length === 0 ? (
        <EmptyOrder />
      ) : (
        <p className="lead">{`${items.length === 1 ? 'One thing' : `${items.length} things`}, ${formatPrice(total)}`}</p>
      )}
      <form className="form" id="order-form" onSubmit={placeOrder}>
        <label htmlFor="name">Name</label>
        <input id="name" name="name" autoComplete="name" required />
        <label htmlFor="email">E-mail</label>
        <input id="email" name="email" type="email" autoComplete="email" required />
        <label htmlFor="card-number">Card number</label>
        <input id="card-number" name="card-number" inputMode="numeric" autoComplete="cc-number" />
        <label htmlFor="note">A note for the packer</label>
        <textarea id="note" name="note" rows={3} />
        <label className="check">
          <input name="gift" type="checkbox" />
          It is a present
        </label>
        <button className="button" type="submit">
          Place the order
        </button>
      </form>
      <p className="note">Nothing is sold here and the form sends nothing. Please make up every answer.</p>
    </>
  );
}

function EmptyOrder() {
  return (
    <p className="lead">
      Nothing yet. <Link to="/products">Have a look round</Link>, or send the form as it is.
    </p>
  );
}
