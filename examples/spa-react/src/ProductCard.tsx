import { Link } from 'react-router';
import { ProductArt } from './ProductArt';
import { formatPrice, type Product } from './products';

export function ProductCard({ product }: { product: Product }) {
  return (
    <li className="card">
      <ProductArt product={product} />
      <div className="card-text">
        <h3>
          <Link to={`/products/${product.id}`}>{product.name}</Link>
        </h3>
        <p>{formatPrice(product.price)}</p>
      </div>
    </li>
  );
}
