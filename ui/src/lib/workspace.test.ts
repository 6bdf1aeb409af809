import { expect, test } from "vitest";
import { explorerPath, workspaceOf } from "@/lib/workspace";

const of = (address: string) => workspaceOf(new URL(address, "http://cairn"));

test("an address says which workspace it is in", () => {
  expect(of("/experiment-1/projects/1/logs?q=default")).toBe("experiment-1");
  expect(of("/%C3%A4/projects")).toBe("ä");
  expect(of("/100%/projects")).toBe("100%");
  expect(of("/default/projects")).toBe("default");
  expect(of("/opik/pair/v1?workspace=acme&project=shop")).toBe("acme");
});

test("the explorer of the API is of the workspace that it was opened from", () => {
  expect(of(explorerPath("ä & b"))).toBe("ä & b");
});

test("an address that names none is in the default one", () => {
  for (const address of ["/", "/opik/pair/v1", "/graphiql.html"]) expect(of(address)).toBe("default");
});
