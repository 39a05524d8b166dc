import type { TestAnswer } from "./status-object.js";

/** The server does not do what it was asked; inside the server only. */
export class Refusal extends Error {
  readonly answer: TestAnswer;

  constructor(answer: TestAnswer) {
    super(`status ${answer.status}`);
    this.answer = answer;
  }
}
