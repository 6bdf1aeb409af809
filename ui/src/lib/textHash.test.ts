import { expect, test } from "vitest";
import { textHash } from "@/lib/textHash";

test("equal texts have equal hashes, and a changed letter another", () => {
  expect(textHash("a long text")).toBe(textHash(["a long", "text"].join(" ")));
  const hashes = new Set(Array.from({ length: 100_000 }, (_, at) => textHash(`text ${at}`)));
  expect(hashes.size).toBe(100_000);
  expect(textHash("")).not.toBe(textHash(" "));
});
