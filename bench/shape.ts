/** What is measured: seven assets that trade every day, ninety days of each. */
export const coins = ['bitcoin', 'ethereum', 'ripple', 'binancecoin', 'solana', 'cardano', 'litecoin'];
export const days = 90;
export const cellCount = coins.length * days;

/** How many cells and windows run at once, on both sides, as marketlake.yaml has it. */
export const atOnce = { cells: 50, windows: 8 };
