export const operatorRoles = ['owner', 'admin', 'analyst'] as const;
export type OperatorRole = (typeof operatorRoles)[number];
