import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { footfall } from './footfall';
import { useCart } from './Layout';
import { NotFound } from './NotFound';
import { ProductArt } from './ProductArt';
import { CURRENCY, findProduct, formatPrice, type Product } from './products';

export function ProductPage() {
  const product = findProduct(useParams().id);
  return product ? <Detail key={product.id} product={product} /> : <NotFound />;
}

function Detail({ product }: { product: Product }) {
  const cart = useCart();
  const [added, setAdded] = useState(0);

  function addToCart() {
    cart.add(product);
    setAdded(added + 1);
    const { id, kind, price } = product;
    footfall.track('add_to_cart', { id, kind }, { value: price, currency: CURRENCY });
  }

  return (
    <article className="detail">
      <title>{`${product.name} | Fold & Crease`}</title>
      <ProductArt product={product} />
      <div>
        <h1>{product.name}</h1>
        <p className="lead">{product.text}</p>
        <p className="price">{formatPrice(product.price)}</p>
        <p>
          <button className="button" type="button" onClick={addToCart}>
            Add to the order
          </button>
        </p>
        <p role="status">{added > 0 && <Link to="/order">In your order: {added}. Go to the order</Link>}</p>
      </div>
    </article>
  );
}
