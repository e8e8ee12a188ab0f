/** Where a command speaks: sentences for people, or one JSON value for programs. */
export class Output {
  #progressShown = false;

  constructor(
    readonly isJson: boolean,
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly error: NodeJS.WriteStream = process.stderr,
  ) {}

  /** Says a line to a person; with `--json` nothing. */
  say(line = ''): void {
    if (this.isJson) return;
    this.#clearProgress();
    this.out.write(`${line}\n`);
  }

  /** Shows how far long work has come: one line in place on a terminal, a line of its own elsewhere. */
  progress(line: string): void {
    if (this.isJson) return;
    if (!this.out.isTTY) {
      this.out.write(`${line}\n`);
      return;
    }
    this.out.write(`\r\u001b[2K${line.slice(0, this.out.columns - 1)}`);
    this.#progressShown = true;
  }

  /** True where `progress` writes in place, so that it may be called often. */
  get isInPlace(): boolean {
    return this.out.isTTY;
  }

  /** How many columns a line may take; 80 where there is no terminal. */
  get width(): number {
    // Some terminals say 0 before they have been measured.
    return this.out.columns || 80;
  }

  /** Gives the command's result to a program; without `--json` nothing. */
  json(value: unknown): void {
    if (this.isJson) this.out.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Says what went wrong, to a person or a program. */
  complain(code: string, message: string): void {
    this.#clearProgress();
    if (this.isJson) this.out.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
    else this.error.write(`${message}\n`);
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.out.write('\r\u001b[2K');
    this.#progressShown = false;
  }
}
