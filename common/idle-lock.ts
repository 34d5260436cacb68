/** After how many minutes without a key or a movement a desk may lock itself, and after how many it does unless told. */
export const IDLE_MINUTES = { shortest: 1, usual: 5, longest: 15 } as const;
