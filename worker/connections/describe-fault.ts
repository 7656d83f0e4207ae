/** What a failure means to whoever asked. */
export interface DescribedFault {
  message: string;
  /** Somebody has to sign in before the next try can work. */
  needsSignIn: boolean;
  retryable: boolean;
}

const MOST = 400;

/** A failure as people read it. A library's own words may hold what a server sent, so only so much of them is told. Pure. */
export function describeFault(error: unknown, seconds: number): DescribedFault {
  if (!(error instanceof Error)) return { message: "It failed.", needsSignIn: false, retryable: true };
  const chain = listCauses(error);
  const has = (...names: string[]) => chain.find(({ name }) => names.includes(name));
  const over = has("SignInOver");
  if (over) return { message: `${over.message} Sign in again.`, needsSignIn: true, retryable: false };
  if (has("NotSignedIn", "UnauthorizedError") || isUnauthorized(chain)) {
    return {
      message: "The server wants somebody to sign in: floom connections authorize.",
      needsSignIn: true,
      retryable: false,
    };
  }
  if (has("Unanswered", "TimeoutError", "AbortError")) {
    return {
      message: `The server did not answer within ${seconds} seconds.`,
      needsSignIn: false,
      retryable: true,
    };
  }
  const told = has("Redirected", "AnswerTooLong", "NotDialled", "NotReached", "ComposioFault") ?? error;
  const needsSignIn = told.name === "ComposioFault" && "status" in told && told.status === 401;
  return {
    message: cut(told.message),
    needsSignIn,
    retryable: !has("Redirected", "AnswerTooLong", "NotDialled"),
  };
}

function isUnauthorized(chain: readonly Error[]): boolean {
  return chain.some((error) => "status" in error && error.status === 401 && error.name !== "ComposioFault");
}

function listCauses(error: Error): Error[] {
  const chain: Error[] = [];
  for (let one: unknown = error; one instanceof Error && chain.length < 10; one = one.cause) chain.push(one);
  return chain;
}

const cut = (text: string) => (text.length > MOST ? `${text.slice(0, MOST)}...` : text);
