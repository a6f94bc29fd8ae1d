export type Product = {
  id: string;
  name: string;
  kind: 'notebook' | 'card' | 'envelope';
  price: number;
  colour: string;
  text: string;
};

export const CURRENCY = 'EUR';

export const products: Product[] = [
  {
    id: 'field-notebook',
    name: 'Field notebook',
    kind: 'notebook',
    price: 12,
    colour: '#4f7a64',
    text: 'Ninety-six pages that lie flat. The cover has been rained on by us, so that you know.',
  },
  {
    id: 'night-notebook',
    name: 'Night notebook',
    kind: 'notebook',
    price: 14.5,
    colour: '#3b4b8f',
    text: 'Black paper for a white pencil. Good for constellations and for things you would rather not read by day.',
  },
  {
    id: 'list-pad',
    name: 'Pad for short lists',
    kind: 'notebook',
    price: 6,
    colour: '#c9963a',
    text: 'Three lines a sheet. Whatever does not fit will have to wait until tomorrow.',
  },
  {
    id: 'thank-you-card',
    name: 'Thank-you card',
    kind: 'card',
    price: 3.5,
    colour: '#e2795b',
    text: 'Printed in one colour on heavy cotton. Says thank you on the front and leaves the reason to you.',
  },
  {
    id: 'sorry-card',
    name: 'Card for the late',
    kind: 'card',
    price: 3.5,
    colour: '#8c6aa8',
    text: 'For birthdays that were last week. The snail on the front is doing what it can.',
  },
  {
    id: 'long-envelope',
    name: 'Long envelope',
    kind: 'envelope',
    price: 1.2,
    colour: '#5b93a7',
    text: 'Lined, gummed, and long enough for a letter that took more than one evening.',
  },
];

export function findProduct(id: string | undefined): Product | undefined {
  return products.find((product) => product.id === id);
}

export function formatPrice(price: number): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency: CURRENCY }).format(price);
}
