import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { patient } from "@/lib/patient";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const failing = (times: number) => {
  const load = vi.fn(async () => {
    if (load.mock.calls.length <= times) throw new Error("not fetched");
    return "part";
  });
  return load;
};

test("a part that fails is asked for again after a while", async () => {
  const load = failing(2);
  const loaded = patient(load)();
  await vi.advanceTimersByTimeAsync(200);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await loaded).toBe("part");
  expect(load).toHaveBeenCalledTimes(3);
});

test("the network coming back is waited for no longer", async () => {
  const load = failing(1);
  const loaded = patient(load)();
  await vi.advanceTimersByTimeAsync(1);
  window.dispatchEvent(new Event("online"));
  expect(await loaded).toBe("part");
});

test("what is never there fails in the end", async () => {
  const load = failing(Number.POSITIVE_INFINITY);
  const loaded = patient(load)();
  const failed = expect(loaded).rejects.toThrow("not fetched");
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(load).toHaveBeenCalledTimes(8);
});
