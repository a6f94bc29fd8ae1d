import { Link } from 'react-router';

export function NotFound() {
  return (
    <>
      <title>Not found | Fold &amp; Crease</title>
      <h1>We do not have that</h1>
      <p className="lead">Perhaps it was sold, perhaps it was never printed.</p>
      <Link className="button" to="/products">
        See all paper
      </Link>
    </>
  );
}
