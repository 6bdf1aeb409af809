// What people, judges, guardrails and assertions said of a trace and its spans is told in full where one looks at it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, makeTwoRuns } from "./runs.js";
import { seriousViolations, useBrowser } from "./story.js";

let runs;
let page;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  runs = await makeTwoRuns(story, project);
  await judge(story, project, runs.after);
});

test("a score that several gave is a mean, with what each said", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${runs.after}`);
  const scores = page.getByRole("region", { name: "Feedback scores", exact: true });
  await scores.getByRole("row", { name: /^helpfulness 0.7 mean of 2/ }).waitFor();
  await scores.getByRole("row", { name: /helpfulness by ada ?0.5 The hotel is missing/ }).waitFor();
});

test("scores of the spans stand beside them, each with the way to its span", async () => {
  const scores = page.getByRole("region", { name: "Feedback scores of the spans", exact: true });
  await scores.getByRole("row", { name: /precision 0.8/ }).waitFor();
  await scores.getByRole("button", { name: "To the span" }).click();
  await page.getByRole("article", { name: "span ask the model" }).getByRole("row", { name: /precision 0.8/ }).waitFor();
  await page.goto(`${story.server.rootUrl}${runs.projectPath}/logs?trace=${runs.after}`);
});

test("guardrails tell what they found, and assertions whether they hold", async () => {
  const guardrails = page.getByRole("region", { name: "Guardrails", exact: true });
  await guardrails.getByRole("row", { name: /^TOPIC passed/ }).waitFor();
  await guardrails.getByRole("row", { name: /^PII failed/ }).waitFor();
  await guardrails.getByRole("button", { name: "what PII found" }).click();
  await guardrails.getByText("CREDIT_CARD").first().waitFor();
  const assertions = page.getByRole("region", { name: "Assertions", exact: true });
  await assertions.getByRole("row", { name: /^names a price failed No price is named/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await guardrails.getByRole("row", { name: /^PII/ }).getByRole("button", { name: "To the span" }).click();
  const span = page.getByRole("article", { name: "span ask the model" });
  await span.getByRole("region", { name: "Guardrails", exact: true }).getByText("failed").waitFor();
});

test("the list has columns for what was said and counted, and the filter is completed with it", async () => {
  await story.post(`traces/${runs.after}/comments`, { text: "Too dear." });
  const columns = "name,tokensIn,tokensOut,comments,guardrails,message";
  const filter = encodeURIComponent("guardrails:failed AND comments:dear");
  await page.goto(`${story.server.rootUrl}${runs.projectPath}/logs?columns=${columns}&filter=${filter}`);
  const row = page.getByRole("grid", { name: "Traces" }).getByRole("row", { name: /plan the trip/ });
  await row.getByRole("gridcell", { name: "failed PII" }).waitFor();
  await row.getByRole("gridcell", { name: "1", exact: true }).waitFor();
  for (const column of ["Tokens in", "Tokens out", "Comments", "Error message"]) {
    await page.getByRole("columnheader", { name: column }).first().waitFor();
  }
  await page.goto(`${story.server.rootUrl}${runs.projectPath}/logs`);
  await row.first().waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("guardr");
  await page.getByRole("option", { name: /^guardrails/ }).first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
