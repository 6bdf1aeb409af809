import { expect, test } from "vitest";
import { packExact, unpackExact } from "@/lib/exactAcross";
import { parseJson } from "@/lib/json";

test("exact numbers survive the way from one thread to another", () => {
  const value = parseJson('{"id":12345678901234567890,"list":[1,{"huge":1e999}],"text":"1e999","nothing":null}');
  expect(unpackExact(structuredClone(packExact(value)))).toEqual(value);
});
