import { Link } from 'react-router';

export function Failure() {
  return (
    <>
      <title>Something failed | Fold &amp; Crease</title>
      <h1>That page did not come out right</h1>
      <p className="lead">The error was caught and reported. The rest of the shop is well.</p>
      <Link className="button" to="/">
        Back to the shop
      </Link>
    </>
  );
}
