export function arrowFunctions(): {
  name: string;
  renderChunk(this: { parse(code: string): object }, code: string): string;
};
