/** Something a person has to change before this can go on: one sentence what, one sentence how. */
export class Problem extends Error {
  constructor(message, fix) {
    super(message);
    this.fix = fix;
  }
}
