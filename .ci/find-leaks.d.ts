export function findLeaks(text: string): { kind: string; line: string }[];
export const leakKinds: string[];
