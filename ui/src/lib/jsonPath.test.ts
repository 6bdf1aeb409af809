import { expect, test } from "vitest";
import { type JsonSteps, writePath } from "@/lib/jsonPath";

test.each<[string, JsonSteps, string]>([
  ["metadata", ["user", "plan"], "metadata.user.plan"],
  ["input", ["messages", 0, "content"], "input.messages[0].content"],
  ["output", [2], "output[2]"],
  ["metadata", ["full name", "it's"], "metadata['full name']['it\\'s']"],
  ["metadata", ["a.b", "größe"], "metadata['a.b'].größe"],
  ["metadata", [""], "metadata['']"],
  ["", ["a", "b"], "a.b"],
])("%s %j is written %s", (root, steps, text) => expect(writePath(root, steps)).toBe(text));
