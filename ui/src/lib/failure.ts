import type { CombinedError } from "@urql/core";

/** What went wrong, fit to be shown. */
export type Failure = {
  message: string;
  /** The server understood the request and said no; trying the same again will not help. */
  isRefusal: boolean;
  /** Where in the query text the fault lies, in characters (not UTF-16 units) from 0. */
  place: { at: number; length: number } | null;
};

const REFUSALS = new Set([
  "INVALID",
  "BAD_FILTER",
  "BAD_SORT",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "TOO_LARGE",
  "UNAUTHENTICATED",
]);

/** What the server says of an answer that it is still making; asked again a moment later, it will give it. */
export function notReady(error: CombinedError): string | null {
  return error.graphQLErrors.find(({ extensions }) => extensions.code === "NOT_READY")?.message ?? null;
}

export function failureOf(error: CombinedError): Failure {
  const [first] = error.graphQLErrors;
  if (!first) {
    const answer: unknown = error.response;
    if (answer instanceof Response && !answer.ok) {
      const { status, statusText } = answer;
      return failure(`The server answered with ${[status, statusText].filter(Boolean).join(" ")}.`);
    }
    const cause = error.networkError?.message;
    return failure(`The server could not be reached${cause ? ` (${cause})` : ""}.`);
  }
  const { code, hint, suggestion, at, length }: Record<string, unknown> = first.extensions ?? {};
  const parts = [first.message];
  if (typeof hint === "string") parts.push(`: ${hint}`);
  if (typeof suggestion === "string") parts.push(`, try \`${suggestion}\``);
  return {
    message: parts.join(""),
    isRefusal: typeof code === "string" && REFUSALS.has(code),
    place: typeof at === "number" ? { at, length: typeof length === "number" ? length : 0 } : null,
  };
}

/** A failure that is nobody's refusal. */
export function failure(message: string): Failure {
  return { message, isRefusal: false, place: null };
}
