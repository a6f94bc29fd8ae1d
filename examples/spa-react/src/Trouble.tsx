import { useState } from 'react';

export function Trouble() {
  const [torn, setTorn] = useState(false);
  return (
    <>
      <title>Trouble | Fold &amp; Crease</title>
      <h1>Trouble with the press</h1>
      <p className="lead">Three kinds of failure. Each of them arrives as an error event.</p>
      <p className="buttons">
        <button className="button" id="throw-error" type="button" onClick={jamPress}>
          Throw in a handler
        </button>
        <button className="button" id="reject-promise" type="button" onClick={() => void orderInk()}>
          Reject a promise
        </button>
        <button className="button" id="throw-render" type="button" onClick={() => setTorn(true)}>
          Throw while rendering
        </button>
      </p>
      {torn && <TornSheet />}
    </>
  );
}

function jamPress() {
  throw new TypeError('The press is jammed');
}

async function orderInk(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  throw new Error('The ink is late');
}

function TornSheet(): never {
  throw new RangeError('The sheet is torn');
}
