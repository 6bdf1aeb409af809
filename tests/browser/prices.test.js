// Somebody who pays looks at what models cost, says what is agreed with the vendor, and prices the past by it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runProgram(project, "saffron");
});

let page;
const dialog = () => page.getByRole("dialog");
const costOf = async () => {
  const { content } = await story.get(`traces?project_name=${project}`);
  return content[0].total_estimated_cost;
};

test("the public price of a model is looked up", async () => {
  page = await story.open("/default/settings");
  await page.getByRole("link", { name: "Prices", exact: true }).click();
  await page.getByText("No prices of your own").waitFor();
  const form = page.getByRole("form", { name: "Look a price up" });
  await form.getByLabel("Model").fill("gpt-4o-mini");
  await form.getByLabel("Provider").fill("openai");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText(/input \$0\.15, output \$0\.6/).waitFor();
  await form.getByLabel("Model").fill("our-own-model");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Nobody has said what our-own-model costs").waitFor();
});

test("a price of one's own is set", async () => {
  await page.getByRole("button", { name: "Set a price" }).click();
  await dialog().getByLabel("Model").fill("gpt-4o-mini");
  await dialog().getByLabel("Provider").fill("openai");
  await dialog().getByLabel("input", { exact: true }).fill("a lot");
  await dialog().getByRole("button", { name: "Set price" }).click();
  await dialog().getByRole("alert").getByText("A price is a number.").waitFor();
  await dialog().getByLabel("input", { exact: true }).fill("100");
  await dialog().getByLabel("output", { exact: true }).fill("200");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /gpt-4o-mini.*input \$100, output \$200/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("the past is priced by it, and one sees when that is done", async () => {
  const before = await costOf();
  await page.getByRole("button", { name: "Price the past anew" }).click();
  await dialog().getByLabel("Spans that began on this day or later").fill("2020-01-01");
  await dialog().getByRole("button", { name: "Price anew" }).click();
  await page.getByRole("row", { name: /2020-01-01.*done/ }).waitFor();
  await eventually("another cost", async () => (await costOf()) !== before);
  assert.equal(await costOf(), 0.014);
});

test("the price is removed again", async () => {
  await page.getByRole("button", { name: "Remove the price of gpt-4o-mini" }).click();
  await dialog().getByRole("button", { name: "Remove" }).click();
  await page.getByText("No prices of your own").waitFor();
});

test("a price that was removed comes back from the toast and from the trash", async () => {
  const row = page.getByRole("row", { name: /gpt-4o-mini.*input \$100, output \$200/ });
  await page.getByText("Removed the price of gpt-4o-mini.").waitFor();
  await page.keyboard.press("u");
  await row.waitFor();
  await page.getByRole("button", { name: "Remove the price of gpt-4o-mini" }).click();
  await dialog().getByRole("button", { name: "Remove" }).click();
  await row.waitFor({ state: "detached" });
  await page.goto(`${story.server.rootUrl}/default/trash?kind=PRICE`);
  await page.getByRole("row", { name: /gpt-4o-mini.*price/ }).waitFor();
  await page.getByRole("button", { name: "Restore gpt-4o-mini" }).click();
  await page.getByText("Restored the price gpt-4o-mini.").waitFor();
  await page.goto(`${story.server.rootUrl}/default/settings?tab=prices`);
  await row.waitFor();
  assert.deepEqual(page.complaints, []);
});

test("hundreds of prices are read as they are asked for", async () => {
  const models = Array.from({ length: 230 }, (_, at) => `model-${String(at).padStart(3, "0")}`);
  const prices = models.map((model) => ({ key: { provider: "", model, effectiveFrom: null }, rates: [{ item: "INPUT", perMillion: "1.5" }] }));
  await story.ask("mutation ($prices: [PriceInput!]!) { setPrices(prices: $prices) }", { prices });
  const rows = page.getByRole("table", { name: "Prices of your own" }).getByRole("rowheader");
  await eventually("the first of them", async () => (await rows.count()) === 100 || rows.count());
  // With the one that came back.
  for (const count of [200, 231]) {
    await page.getByRole("button", { name: "Load more" }).click();
    await eventually(`${count} of them`, async () => (await rows.count()) === count || rows.count());
  }
  assert.equal(await page.getByRole("button", { name: "Load more" }).count(), 0);
  assert.deepEqual(page.complaints, []);
});
