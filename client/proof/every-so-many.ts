/** Calls back at every so many of what is counted, and not in between: to say each would cost more than to do it. */
export function everySoMany(step: number, say: (count: number) => void): (count: number) => void {
  return (count) => {
    if (count % step === 0) say(count);
  };
}
