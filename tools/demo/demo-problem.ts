/** Something that whoever started the demo can mend. Its message is all that is shown of it. */
export class DemoProblem extends Error {
  override readonly name = 'DemoProblem';
}
