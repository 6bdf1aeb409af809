import { expect, test } from "vitest";
import {
  boundsIn,
  environmentsIn,
  sinceIn,
  withBounds,
  withEnvironments,
  withSince,
} from "@/entities/logs/filter/standing";

test("a period is read from the filter and written into it, and all else stays", () => {
  expect(sinceIn("")).toBeNull();
  expect(sinceIn("error:true AND start > -24h")).toEqual({ since: "-24h" });
  expect(sinceIn("start > -24h AND start < -1h")).toBe("others");
  expect(withSince("", "-1h")).toBe("start > -1h");
  expect(withSince("start > -24h AND error:true AND start < -1h", "-7d")).toBe("start > -7d AND error:true");
  expect(withSince("error:true AND start_time >= -24h", null)).toBe("error:true");
  expect(withSince("error:true OR cost > 1", "-1h")).toBe("(error:true OR cost > 1) AND start > -1h");
});

test("a period of one's own has two ends, of which one may be open", () => {
  const bounds = { from: "2026-03-04T05:00:00.000Z", until: "2026-03-05T05:00:00.000Z" };
  const filter = withBounds("start > -24h AND error:true", bounds);
  expect(filter).toBe("start >= 2026-03-04T05:00:00Z AND start < 2026-03-05T05:00:00Z AND error:true");
  expect(boundsIn(filter)).toEqual({ from: "2026-03-04T05:00:00Z", until: "2026-03-05T05:00:00Z" });
  expect(withBounds(filter, { until: bounds.until })).toBe("start < 2026-03-05T05:00:00Z AND error:true");
  expect(withBounds(filter, {})).toBe("error:true");
  for (const other of ["", "start > -24h", "start > 2026-03-04T05:00:00Z AND start > 2026-03-05T05:00:00Z"]) {
    expect(boundsIn(other)).toBeNull();
  }
});

test("environments are one condition, however many", () => {
  expect(environmentsIn("cost > 1")).toBeNull();
  expect(environmentsIn('environment:prod AND model:"a b"')).toEqual({ names: ["prod"] });
  expect(environmentsIn('env in (prod, "on premise")')).toEqual({ names: ["prod", "on premise"] });
  expect(environmentsIn("NOT environment:prod")).toBe("others");
  expect(withEnvironments("cost > 1", ["prod"])).toBe("cost > 1 AND environment = prod");
  expect(withEnvironments("environment:prod AND cost > 1", ["prod", "on premise"])).toBe(
    'environment in (prod, "on premise") AND cost > 1',
  );
  expect(withEnvironments("environment in (prod, test) AND cost > 1", [])).toBe("cost > 1");
});
