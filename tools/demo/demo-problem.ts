/** A problem that the user of the demo can correct. Only its message is shown. */
export class DemoProblem extends Error {
  override readonly name = 'DemoProblem';
}
