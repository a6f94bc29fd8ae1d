import { Link } from 'react-router';

export function Thanks() {
  return (
    <>
      <title>Thank you | Fold &amp; Crease</title>
      <h1>Thank you</h1>
      <p className="lead">If the shop existed, somebody would now be looking for the good string.</p>
      <Link className="button" to="/">
        Back to the shop
      </Link>
    </>
  );
}
