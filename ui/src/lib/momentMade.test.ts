import { renderHook, waitFor } from "@testing-library/react";
import { parse } from "graphql";
import { afterEach, expect, test, vi } from "vitest";
import { useMomentMade } from "@/lib/momentMade";
import { pastClientOf } from "@/lib/pastClient";

const query = parse("query Where { server { position } }");
const unready = (reached: number) => ({
  errors: [{ message: `${reached} of 900 changes so far`, extensions: { code: "NOT_READY", retryAfterSeconds: 1 } }],
});
const ready = { data: { asOf: { __typename: "Query", server: { __typename: "Server", position: "900" } } } };

/** Answers one after the other, and the last for ever. */
function answering(...answers: object[]) {
  const asked = vi.fn(async (_url: string, { body }: { body: string }) => {
    expect(body.split("asOf(").length, "the question is put within one moment").toBe(2);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test("a moment that is being made is asked for until it is there, and says how far it is", async () => {
  const asked = answering(unready(300), unready(600), ready);
  const { result } = renderHook(() => useMomentMade("900"));
  const answer = pastClientOf("900").query(query, {}).toPromise();
  await waitFor(() => expect(result.current).toBe("300 of 900 changes so far"));
  await waitFor(() => expect(result.current).toBe("600 of 900 changes so far"));
  expect((await answer).data).toMatchObject({ server: { position: "900" } });
  expect(asked).toHaveBeenCalledTimes(3);
});

test("a moment that nobody waits for any more is not asked for again", async () => {
  const asked = answering(unready(300));
  const { unmount } = renderHook(() => useMomentMade("901"));
  const answer = pastClientOf("901").query(query, {}).toPromise();
  await waitFor(() => expect(asked).toHaveBeenCalled());
  unmount();
  expect((await answer).error?.message).toContain("300 of 900");
  expect(asked.mock.calls.length).toBeLessThanOrEqual(2);
});
