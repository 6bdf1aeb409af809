import { Client, fetchExchange } from "@urql/core";
import { parse } from "graphql";
import { afterEach, expect, test, vi } from "vitest";
import { askAgain } from "@/lib/graphqlClient";

const query = parse("query Where { server { position } }");
const answers: object[] = [];

const client = new Client({ url: "/graphql", preferGetMethod: false, exchanges: [askAgain, fetchExchange] });

afterEach(() => vi.unstubAllGlobals());

function answering(...given: object[]) {
  answers.splice(0, answers.length, ...given);
  const asked = vi.fn(
    async () => new Response(JSON.stringify(answers.shift()), { headers: { "content-type": "application/json" } }),
  );
  vi.stubGlobal("fetch", asked);
  return asked;
}

const refused = (code: string) => ({ errors: [{ message: "2 of 9 changes so far", extensions: { code } }] });

test("a list whose index lies behind is asked for again", async () => {
  const asked = answering(refused("NOT_READY"), { data: { server: { position: "9" } } });
  const { data } = await client.query(query, {}, { requestPolicy: "network-only" }).toPromise();
  expect(data).toEqual({ server: { position: "9" } });
  expect(asked).toHaveBeenCalledTimes(2);
});

test("what is refused is not asked for again", async () => {
  const asked = answering(refused("INVALID"), { data: { server: { position: "9" } } });
  const { error } = await client.query(query, {}, { requestPolicy: "network-only" }).toPromise();
  expect(error?.message).toContain("2 of 9");
  expect(asked).toHaveBeenCalledTimes(1);
});
