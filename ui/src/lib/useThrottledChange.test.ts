import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useThrottledChange } from "@/lib/useThrottledChange";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function show(onChange: () => boolean) {
  const hook = renderHook((revision: number) => useThrottledChange({ revision, intervalMs: 1_000, onChange }), {
    initialProps: 0,
  });
  return (revision: number, ms: number) => {
    hook.rerender(revision);
    vi.advanceTimersByTime(ms);
  };
}

test("changes that never pause are told once in every interval", () => {
  const onChange = vi.fn(() => true);
  const change = show(onChange);
  change(0, 5_000);
  expect(onChange).not.toHaveBeenCalled();
  for (let revision = 1; revision <= 12; revision += 1) change(revision, 500);
  expect(onChange).toHaveBeenCalledTimes(6);
});

test("what cannot be told now is told later", () => {
  const onChange = vi.fn(() => onChange.mock.calls.length > 2);
  const change = show(onChange);
  change(1, 2_500);
  expect(onChange).toHaveBeenCalledTimes(2);
  change(1, 5_000);
  expect(onChange).toHaveBeenCalledTimes(3);
});
