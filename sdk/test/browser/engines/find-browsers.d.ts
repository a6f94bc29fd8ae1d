export function findFirefox(): string | undefined;
export function findWebKitDriver(): string | undefined;
export function findMiniBrowser(): string | undefined;
export function findXvfb(): string | undefined;
