import { problemCode, toProblem } from '@freezeframe/inference';

/**
 * What a failed invocation throws. Lambda reports a thrown error's `name` as `errorType`, on which Step Functions' `Catch`
 * and every SDK can branch: it is the problem's stable code (`picture-unreadable`). The message is the problem document.
 * There is no stack: Lambda would send it to the caller.
 */
export class InvocationError extends Error {
  constructor(cause: unknown) {
    const problem = toProblem(cause);
    super(JSON.stringify(problem));
    this.name = problemCode(problem);
    this.stack = `${this.name}: ${this.message}`;
  }
}
