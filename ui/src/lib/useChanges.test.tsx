import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ThingKind, Told } from "@/lib/changes";
import { useChanges } from "@/lib/useChanges";
import { fakeServer } from "@/testing/fakeServer";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world() {
  const server = fakeServer({});
  const wrapper = ({ children }: { children: ReactNode }) => server.wrap(children);
  const tell = (position: string, changed: Told["changed"] = [], rest: Partial<Told> = {}) =>
    act(() => server.tell("Changes", { changes: { position, changed, trash: false, resync: false, ...rest } }));
  /** Somebody who shows things of some kinds. */
  const show = async (kinds: readonly ThingKind[], quietMs?: number) => {
    const onChanged = vi.fn();
    const hook = renderHook(() => useChanges({ kinds, onChanged, ...(quietMs && { quietMs }) }), { wrapper });
    await act(() => vi.advanceTimersByTimeAsync(0));
    return { onChanged, leave: hook.unmount };
  };
  const asked = () => server.asked.filter(({ name }) => name === "Changes").map(({ variables }) => variables);
  const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
  return { tell, show, asked, wait };
}

test("one is told once it is followed, as more may have happened than was read, and then of one's kinds", async () => {
  const { tell, show, wait } = world();
  const { onChanged } = await show(["PROMPT"]);
  expect(onChanged).not.toHaveBeenCalled();
  tell("5");
  await wait(200);
  expect(onChanged).toHaveBeenCalledTimes(1);
  tell("6", [{ kind: "DATASET", ids: ["a"] }]);
  await wait(200);
  expect(onChanged).toHaveBeenCalledTimes(1);
  tell("7", [{ kind: "PROMPT", ids: ["a"] }]);
  tell("8", [{ kind: "PROMPT", ids: ["b"] }]);
  await wait(200);
  expect(onChanged).toHaveBeenCalledTimes(2);
});

test("all share one subscription, which goes on where it was when somebody wants more", async () => {
  const { tell, show, asked, wait } = world();
  await show(["PROMPT"]);
  tell("5");
  const second = await show(["PROMPT"]);
  expect(asked()).toEqual([{ kinds: ["PROMPT"], trash: false, after: null }]);
  const third = await show(["DATASET"]);
  expect(asked().at(-1)).toEqual({ kinds: ["DATASET", "PROMPT"], trash: false, after: "5" });
  tell("5");
  await wait(200);
  expect(second.onChanged).not.toHaveBeenCalled();
  third.leave();
  await wait(0);
  expect(asked().at(-1)).toEqual({ kinds: ["PROMPT"], trash: false, after: "5" });
});

test("what is dear is not told more often than one wants", async () => {
  const { tell, show, wait } = world();
  const { onChanged } = await show(["TRACE"], 1_000);
  tell("1");
  for (let position = 2; position <= 22; position += 1) {
    tell(`${position}`, [{ kind: "TRACE", ids: null }]);
    await wait(150);
  }
  expect(onChanged.mock.calls.length).toBeLessThanOrEqual(4);
  const told = onChanged.mock.calls.length;
  await wait(1_000);
  expect(onChanged.mock.calls.length).toBeGreaterThan(told - 1);
});

test("nobody is told on a page that is not seen, until it is", async () => {
  const { tell, show, wait } = world();
  const { onChanged } = await show(["PROMPT"]);
  const visibility = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  tell("5");
  await wait(5_000);
  expect(onChanged).not.toHaveBeenCalled();
  visibility.mockReturnValue("visible");
  document.dispatchEvent(new Event("visibilitychange"));
  await wait(200);
  expect(onChanged).toHaveBeenCalledTimes(1);
  visibility.mockRestore();
});
