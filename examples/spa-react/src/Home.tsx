import { Link } from 'react-router';
import { ProductCard } from './ProductCard';
import { products } from './products';

export function Home() {
  return (
    <>
      <title>Fold &amp; Crease, paper goods</title>
      <section className="hero">
        <h1>Paper that waits for you</h1>
        <p className="lead">
          Notebooks, cards and envelopes, made slowly in a small town with a large printing press. No screens
          were consulted.
        </p>
        <Link className="button" to="/products">
          See all paper
        </Link>
      </section>
      <h2>New this month</h2>
      <ul className="grid">
        {products.slice(0, 3).map((product) => (
          <ProductCard key={product.id} product={product} />
        ))}
      </ul>
    </>
  );
}
