import type { Client } from "graphql-ws";
import { expect, test, vi } from "vitest";
import { followOn } from "@/lib/steadyStream";

type Subscribe = Client["subscribe"];

/** What a socket was asked for, and its end of the streams. */
function socket() {
  const asked: { after: unknown; sink: Parameters<Subscribe>[1] }[] = [];
  const left: number[] = [];
  const subscribe = ((payload, sink) => {
    const index = asked.push({ after: payload.variables?.after, sink }) - 1;
    return () => {
      left.push(index);
      sink.complete();
    };
  }) as Subscribe;
  return { asked, left, subscribe };
}

const payload = () => ({ query: "subscription", variables: { after: "7" } });

test("a stream that the server ends goes on from the last position, until it is left", () => {
  vi.useFakeTimers();
  const { asked, left, subscribe } = socket();
  const told: unknown[] = [];
  const leave = followOn({ subscribe }, payload(), { next: ({ data }) => told.push(data), error: () => {} });
  asked[0]?.sink.next({ data: { traceChanges: { position: "9" } } });
  asked[0]?.sink.complete();
  vi.advanceTimersByTime(60_000);
  asked[1]?.sink.next({ data: { traceChanges: { position: "10" } } });
  expect(asked.map(({ after }) => after)).toEqual(["7", "9"]);
  expect(told).toHaveLength(2);
  leave();
  vi.advanceTimersByTime(60_000);
  expect({ asked: asked.length, left }).toEqual({ asked: 2, left: [1] });
  vi.useRealTimers();
});

test("one that is left while it waits is not asked for again, and a refusal is passed on", () => {
  vi.useFakeTimers();
  const { asked, subscribe } = socket();
  const refusals: unknown[] = [];
  const leave = followOn({ subscribe }, payload(), { next: () => {}, error: (cause) => refusals.push(cause) });
  asked[0]?.sink.complete();
  leave();
  vi.advanceTimersByTime(60_000);
  expect(asked).toHaveLength(1);
  followOn({ subscribe }, payload(), { next: () => {}, error: (cause) => refusals.push(cause) });
  asked[1]?.sink.error("no");
  vi.advanceTimersByTime(60_000);
  expect({ asked: asked.length, refusals }).toEqual({ asked: 2, refusals: ["no"] });
  vi.useRealTimers();
});
