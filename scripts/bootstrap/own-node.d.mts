export function findOwnNode(): string | undefined;
