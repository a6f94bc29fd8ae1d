import { ProductCard } from './ProductCard';
import { products } from './products';

export function ProductList() {
  return (
    <>
      <title>All paper | Fold &amp; Crease</title>
      <h1>All paper</h1>
      <ul className="grid">
        {products.map((product) => (
          <ProductCard key={product.id} product={product} />
        ))}
      </ul>
    </>
  );
}
