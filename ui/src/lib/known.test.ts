import { expect, test } from "vitest";
import { knownHeaders, reportTold } from "@/lib/known";

test("a page says the newest position that it was told, however late older ones come", () => {
  expect(knownHeaders()).toEqual({});
  reportTold("9007199254740993");
  reportTold("9");
  reportTold(undefined);
  expect(knownHeaders()).toEqual({ "cairn-known": "9007199254740993" });
});
