/** Why a command cannot be carried out, in words for the operator; no stack trace helps. */
export class OperatorFault extends Error {
  override readonly name = 'OperatorFault';
}
