import type { Product } from './products';

/** A drawing by the product's name stands beside it, so that assistive technology may pass over this one. */
export function ProductArt({ product: { kind, colour } }: { product: Product }) {
  return (
    <svg className="art" viewBox="0 0 300 220" aria-hidden="true">
      <rect width="300" height="220" fill={colour} opacity="0.16" />
      {kind === 'notebook' && <Notebook colour={colour} />}
      {kind === 'card' && <Card colour={colour} />}
      {kind === 'envelope' && <Envelope colour={colour} />}
    </svg>
  );
}

function Notebook({ colour }: { colour: string }) {
  return (
    <>
      <path d="M98 44h116v140H98z" fill="#000" opacity="0.14" />
      <path d="M92 36h116v142H92z" fill={colour} />
      <path d="M92 36h16v142H92z" fill="#000" opacity="0.2" />
      <path d="M126 62h62v28h-62z" fill="#fbf7ec" />
      <path d="M134 72h46v2h-46zM134 80h32v2h-32z" fill={colour} />
    </>
  );
}

function Card({ colour }: { colour: string }) {
  return (
    <>
      <path d="M86 58l66-10v134l-66 8z" fill="#e8dfcc" />
      <path d="M152 48l70 12v128l-70-6z" fill="#fbf7ec" />
      <path d="M187 132c-30-20-30-46-14-46 9 0 14 9 14 14 0-5 5-14 14-14 16 0 16 26-14 46z" fill={colour} />
    </>
  );
}

function Envelope({ colour }: { colour: string }) {
  return (
    <>
      <path d="M50 76h204v96H50z" fill="#000" opacity="0.12" />
      <path d="M46 68h204v96H46z" fill="#fbf7ec" />
      <path d="M46 68l102 60 102-60z" fill={colour} />
      <path d="M46 68h204v6l-102 58L46 74z" fill="#000" opacity="0.1" />
    </>
  );
}
