import { parse, print } from "graphql";
import { expect, test } from "vitest";
import { asOf, pastClientOf } from "@/lib/pastClient";

test("all that a query asks for is asked as of a moment, and its fragments stay", () => {
  const document = parse(
    "query Two($id: ID!) { trace(id: $id) { ...Name } server { position } } fragment Name on Trace { name }",
  );
  expect(print(asOf(document, "17"))).toBe(
    print(
      parse(
        'query Two($id: ID!) { asOf(position: "17") { trace(id: $id) { ...Name } server { position } } } fragment Name on Trace { name }',
      ),
    ),
  );
});

test("the moments that were looked at last keep what they answered", () => {
  const first = pastClientOf("1");
  for (const position of ["2", "3", "4", "5", "6", "7", "8"]) pastClientOf(position);
  expect(pastClientOf("1")).toBe(first);
  const second = pastClientOf("2");
  for (let position = 10; position < 18; position += 1) pastClientOf(String(position));
  expect(pastClientOf("2")).not.toBe(second);
});
