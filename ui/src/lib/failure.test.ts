import { CombinedError } from "@urql/core";
import { GraphQLError } from "graphql";
import { expect, test } from "vitest";
import { failureOf } from "@/lib/failure";

const told = (message: string, extensions: Record<string, unknown>) =>
  failureOf(new CombinedError({ graphQLErrors: [new GraphQLError(message, { extensions })] }));

test("a refused query says where it goes wrong and what may be meant", () => {
  const extensions = { code: "BAD_FILTER", at: 15, length: 4, suggestion: "cost" };
  expect(told("`cots` is not a field of traces", extensions)).toEqual({
    message: "`cots` is not a field of traces, try `cost`",
    isRefusal: true,
    place: { at: 15, length: 4 },
  });
});

test("a refusal tells its hint", () => {
  expect(told("name is taken", { code: "CONFLICT", hint: "choose another" })).toEqual({
    message: "name is taken: choose another",
    isRefusal: true,
    place: null,
  });
});

test("an overloaded server, or one that does not answer, is no refusal", () => {
  expect(told("too many requests", { code: "OVERLOADED" }).isRefusal).toBe(false);
  expect(failureOf(new CombinedError({ networkError: new Error("connection refused") }))).toEqual({
    message: "The server could not be reached (connection refused).",
    isRefusal: false,
    place: null,
  });
});

test("a server that fails was reached all the same", () => {
  const response = new Response("out of order", { status: 500, statusText: "Internal Server Error" });
  expect(failureOf(new CombinedError({ networkError: new Error("out of order"), response })).message).toBe(
    "The server answered with 500 Internal Server Error.",
  );
});
