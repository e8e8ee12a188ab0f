/** Waits for some work and says every so often that it still goes on. */
export async function sayWhile<T>(
  work: Promise<T>,
  line: (seconds: number) => string,
  say: (line: string) => void,
  everyMs = 20_000,
): Promise<T> {
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    say(line(Math.round((ticks * everyMs) / 1000)));
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
