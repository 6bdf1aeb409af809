// Every screen: where it is, and by which sign it is known to be there. `looks.test.js` checks them, `ops/screens`
// takes pictures of them.
import { png } from "./files.js";
import { traceRows } from "./story.js";

const spanRows = (page) => page.getByRole("grid", { name: "Spans" }).getByRole("row");

const metadata = (page) => page.getByRole("region", { name: "Metadata", exact: true });

const attachments = (page) => page.getByRole("region", { name: "Attachments" });

const auditRows = (page) => page.getByRole("table", { name: "What happened, newest first" }).getByRole("row").filter({ has: page.getByRole("cell") });

const threadRows = (page) => page.getByRole("grid", { name: "Threads" }).getByRole("row");

export const SCREENS = {
  "get started": () => ["/default/get-started", (page) => page.getByRole("heading", { name: "Send your first trace" })],
  projects: () => ["/default/projects", (page) => page.getByText(/^\$\d/).first()],
  home: ({ projectPath }) => [`${projectPath}/home`, (page) => page.getByRole("region", { name: "Traces over time" }).getByRole("application")],
  "home of the week": ({ projectPath }) => [`${projectPath}/home?range=7d`, (page) => page.getByRole("region", { name: "Traces over time" }).getByRole("application")],
  "home of a new project": ({ emptyPath }) => [`${emptyPath}/home`, (page) => page.getByRole("region", { name: "Recent activity" }).getByText("Project created")],
  "editing a project": ({ project }) => [
    "/default/projects",
    async (page) => {
      await page.getByRole("button", { name: `Actions of ${project}` }).click();
      await page.getByRole("menuitem", { name: "Edit" }).click();
      return page.getByRole("dialog").getByRole("button", { name: "Save" });
    },
  ],
  "demo project": () => [
    "/default/get-started",
    async (page) => {
      await page.getByRole("button", { name: "Open a demo project" }).click();
      return traceRows(page).filter({ hasText: "buying planner" });
    },
  ],
  "command palette": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("support");
      await page.getByRole("menuitem", { name: "support answer" }).waitFor();
      return page.getByRole("group", { name: "Found in this project" }).getByRole("menuitem").first();
    },
  ],
  "project switch": ({ projectPath }) => [
    `${projectPath}/datasets`,
    async (page) => {
      await page.getByRole("heading", { name: "Datasets" }).waitFor();
      if (await page.getByRole("button", { name: "Menu" }).isVisible()) await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("button", { name: /switch to another$/ }).first().click();
      return page.getByRole("menuitem", { name: "All projects" });
    },
  ],
  "about the server": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.keyboard.press("Control+.");
      return page.getByRole("dialog").getByText("Position of the log");
    },
  ],
  keys: ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.keyboard.press("?");
      return page.getByRole("dialog").getByText("Command palette");
    },
  ],
  diagnostics: ({ projectPath }) => [`${projectPath}/diagnostics`, (page) => page.getByRole("table", { name: "Issues" }).getByRole("link").first()],
  issue: ({ issuePath }) => [issuePath, (page) => page.getByRole("dialog").getByRole("application")],
  "no diagnostics": ({ emptyPath }) => [`${emptyPath}/diagnostics`, (page) => page.getByText("No open issues")],
  "groups of experiments": ({ projectPath }) => [
    `${projectPath}/experiments?group=metadata.model.name,dataset`,
    (page) => page.getByRole("region", { name: "Scores of groups" }).getByRole("application"),
  ],
  pairing: ({ pairingPath }) => [pairingPath, (page) => page.getByRole("button", { name: "Connect Ada’s laptop" })],
  "broken pairing": () => ["/opik/pair/v1#AAAA", (page) => page.getByText("This link connects nothing")],
  logs: ({ projectPath }) => [`${projectPath}/logs`, (page) => page.getByRole("application").first()],
  spans: ({ projectPath }) => [`${projectPath}/logs?logsType=spans`, (page) => spanRows(page).nth(1)],
  "figures against the time before": ({ projectPath }) => [`${projectPath}/logs?filter=start > -12h AND has:tags`, (page) => page.locator("small").first()],
  "saving a view": ({ projectPath }) => [
    `${projectPath}/logs?filter=error:true`,
    async (page) => {
      await page.getByRole("button", { name: /^Views/ }).click();
      await page.getByRole("menuitem", { name: "Save as a view…" }).click();
      return page.getByRole("dialog").getByRole("button", { name: "Save view" });
    },
  ],
  "search beside a filter": ({ projectPath }) => [`${projectPath}/logs?filter=has:tags&q=parcel`, (page) => page.getByRole("button", { name: "Filter by these words too" })],
  "offered values": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans`,
    async (page) => {
      await spanRows(page).nth(1).waitFor();
      await page.keyboard.press("f");
      await page.keyboard.type("type:llm AND model:");
      return page.getByRole("option", { name: /^gpt-4o-mini/ });
    },
  ],
  "editing a filter": ({ projectPath }) => [
    `${projectPath}/logs?filter=tags:shop AND NOT error:true AND cost > 0.0001`,
    async (page) => {
      await page.getByRole("button", { name: "cost > 0.0001", exact: true }).click();
      return page.getByRole("combobox", { name: "Value" });
    },
  ],
  "adding a filter": ({ projectPath }) => [
    `${projectPath}/logs?filter=has:tags`,
    async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      return page.getByRole("option", { name: /^metadata.customer.plan/ });
    },
  ],
  "alternatives as text": ({ projectPath }) => [`${projectPath}/logs?filter=tags:beta OR error:true`, (page) => page.getByRole("button", { name: "Edit as text" })],
  "values of a column": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans&filter=has:model`,
    async (page) => {
      await page.getByRole("button", { name: "Values of Model" }).focus();
      await page.keyboard.press("Enter");
      return page.getByRole("dialog").getByRole("button", { name: /^claude-sonnet-4/ });
    },
  ],
  "figures of a column": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans`,
    async (page) => {
      await page.getByRole("button", { name: "Values of Duration" }).focus();
      await page.keyboard.press("Enter");
      return page.getByRole("dialog").getByText("p99");
    },
  ],
  "figures in the head": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans`,
    async (page) => {
      await page.getByRole("button", { name: "Figures in the head" }).click();
      return page.getByRole("columnheader", { name: "Figures of Duration" }).getByRole("button");
    },
  ],
  differences: ({ projectPath }) => [
    `${projectPath}/logs?filter=error:true&differs=error:true`,
    (page) => page.getByRole("region", { name: "Differences" }).getByRole("heading", { level: 3 }).first(),
  ],
  "no differences": ({ projectPath }) => [`${projectPath}/logs?differs=name:mirage`, (page) => page.getByText("No trace is selected")],
  threads: ({ projectPath }) => [`${projectPath}/logs?logsType=threads`, (page) => threadRows(page).nth(1)],
  "no threads": ({ emptyPath }) => [`${emptyPath}/logs?logsType=threads`, (page) => page.getByText("No conversations yet")],
  "open thread": ({ threadPath }) => [threadPath, (page) => page.getByRole("article", { name: "Turn 3" })],
  "thread page": ({ threadPath }) => [threadPath.replace("logs?logsType=threads&thread=", "threads/"), (page) => page.getByRole("article", { name: "Turn 3" })],
  "search of the logs": ({ projectPath }) => [`${projectPath}/logs?q=indigo`, (page) => traceRows(page).first()],
  "nothing matches": ({ projectPath }) => [`${projectPath}/logs?filter=name:mirage`, (page) => page.getByText("Nothing matches")],
  "open trace": ({ tracePath }) => [tracePath, (page) => page.getByRole("treeitem", { name: /^look_up/ })],
  timeline: ({ tracePath }) => [`${tracePath}&view=timeline`, (page) => page.getByRole("tree", { name: "Spans over time" })],
  "flame chart": ({ tracePath }) => [`${tracePath}&view=flame`, (page) => page.getByRole("treeitem", { name: /^look_up/ })],
  transcript: ({ tracePath }) => [
    `${tracePath}&view=transcript`,
    (page) => page.getByRole("region", { name: "Transcript" }).getByText("Given"),
  ],
  "pictures and sounds": ({ seenPath }) => [seenPath, (page) => page.getByRole("region", { name: "Code in python" }).locator("[data-code]").first()],
  attachments: ({ seenPath }) => [
    seenPath,
    async (page) => {
      await attachments(page).getByText("model.bin").scrollIntoViewIfNeeded();
      return attachments(page).getByRole("img").first();
    },
  ],
  "large picture": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await attachments(page).getByRole("button", { name: "Open receipt.png" }).click();
      return page.getByRole("dialog").getByRole("img");
    },
  ],
  "found documents": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("table").scrollIntoViewIfNeeded();
      return metadata(page).getByText("terms.md", { exact: true });
    },
  ],
  "finding in a tree": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("radio", { name: "Tree" }).click();
      await metadata(page).getByRole("button", { name: "Find in metadata" }).click();
      await page.keyboard.type("source");
      return metadata(page).getByText("1 of 2");
    },
  ],
  "actions of a value": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("button", { name: "Actions for query" }).click();
      return page.getByRole("menuitem", { name: "Filter by this" });
    },
  ],
  "comparison of traces": ({ comparedPath }) => [comparedPath, (page) => page.getByText("1 same, 2 changed")],
  "difference of spans": ({ comparedPath }) => [
    comparedPath,
    async (page) => {
      await page.getByText("1 same, 2 changed").waitFor();
      await page.keyboard.press("n");
      return page.getByRole("region", { name: "Input", exact: true }).locator("mark").first();
    },
  ],
  "comparing with": ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^pay/ }).waitFor();
      await page.keyboard.press("d");
      return page.getByRole("dialog").getByRole("link");
    },
  ],
  graph: ({ graphPath }) => [`${graphPath}&view=graph`, (page) => page.getByRole("button", { name: /^Tool pay/ })],
  "recorded graph": ({ recordedGraphPath }) => [recordedGraphPath, (page) => page.getByRole("button", { name: "__start__" })],
  "enlarged graph": ({ recordedGraphPath }) => [
    recordedGraphPath,
    async (page) => {
      await page.getByRole("button", { name: "Enlarge the graph" }).click();
      return page.getByRole("dialog").getByRole("button", { name: "__end__" });
    },
  ],
  verdicts: ({ judgedPath }) => [
    judgedPath,
    async (page) => {
      await page.getByRole("button", { name: "what PII found" }).click();
      await page.getByRole("region", { name: "Assertions", exact: true }).scrollIntoViewIfNeeded();
      return page.getByText("CREDIT_CARD").first();
    },
  ],
  "spans found by conditions": ({ graphPath }) => [
    `${graphPath}&find=${encodeURIComponent("type:tool AND error:true")}`,
    (page) => page.getByText("1 of 4 match"),
  ],
  "refused conditions of spans": ({ graphPath }) => [
    `${graphPath}&find=${encodeURIComponent("duration > soon")}`,
    (page) => page.getByRole("alert").filter({ hasText: "soon" }),
  ],
  "environments of the logs": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.getByRole("button", { name: "Environment: All environments" }).click();
      return page.getByRole("menu", { name: "Environment" });
    },
  ],
  "own period of the logs": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.getByRole("button", { name: "Period: Any time" }).click();
      await page.getByRole("menuitemradio", { name: "Own period…" }).click();
      return page.getByRole("dialog").getByLabel("Until");
    },
  ],
  "menu of a trace": ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("button", { name: "More actions" }).click();
      return page.getByRole("menuitem", { name: "Delete the trace" });
    },
  ],
  annotating: ({ tracePath }) => [
    tracePath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
      await page.keyboard.press("a");
      return page.getByRole("region", { name: "Annotate" }).getByRole("radio").first();
    },
  ],
  commenting: ({ tracePath }) => [
    tracePath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
      await page.keyboard.press("c");
      return page.getByRole("region", { name: "Comments" }).getByText("Nobody has written");
    },
  ],
  history: ({ pastPath }) => [
    pastPath,
    (page) => page.getByRole("region", { name: "History" }).getByText("Change undone"),
  ],
  "as it was": ({ pastPath }) => [
    pastPath,
    async (page) => {
      await page.getByRole("article", { name: /^Trace changed/ }).nth(1).getByRole("button", { name: "Show as it was" }).click();
      return page.getByRole("region", { name: "As it was" }).getByText("Trace changed by");
    },
  ],
  "spans as they were": ({ pastPath }) => [
    pastPath,
    async (page) => {
      await page.getByRole("slider", { name: "Moment of this trace" }).press("ArrowLeft");
      return page.getByText(/^Spans as of position/);
    },
  ],
  "history of a prompt": ({ promptPath }) => [
    `${promptPath}?history=changes`,
    (page) => page.getByRole("dialog").getByText("Prompt version created").last(),
  ],
  trash: () => ["/default/trash", (page) => page.getByRole("row", { name: /old greeting/ })],
  "empty trash": ({ emptyPath }) => [`${emptyPath}/trash`, (page) => page.getByText("The trash is empty")],
  activity: ({ projectPath }) => [`${projectPath}/activity`, (page) => page.getByRole("table", { name: "What was done, newest first" }).getByText("Prompt created").first()],
  "activity of one kind": ({ projectPath }) => [`${projectPath}/activity?area=agents`, (page) => page.getByText("Agent environment moved").first()],
  "no activity": ({ emptyPath }) => [`${emptyPath}/activity?area=prompts`, (page) => page.getByText("Nothing was done of this kind")],
  "audit log": () => ["/default/audit-log", (page) => auditRows(page).nth(3)],
  "audit log of decisions": () => [
    "/default/audit-log?events=decisions&action=delete",
    (page) => auditRows(page).filter({ hasText: "old greeting" }),
  ],
  "nothing in the audit log": () => ["/default/audit-log?who=nobody-at-all", (page) => page.getByText("No event is like this")],
  "event of the audit log": ({ renamedAt }) => [
    `/default/audit-log?events=decisions&at=${renamedAt}`,
    (page) => page.getByRole("dialog").getByRole("region", { name: "What it changed" }),
  ],
  "export of the audit log": () => [
    "/default/audit-log",
    async (page) => {
      await auditRows(page).first().waitFor();
      await page.getByRole("button", { name: "Export…" }).click();
      return page.getByRole("dialog").getByText("--export");
    },
  ],
  "annotation queues": ({ projectPath }) => [`${projectPath}/annotation-queues`, (page) => page.getByRole("link", { name: "answers of the week" })],
  "no queues": ({ emptyPath }) => [`${emptyPath}/annotation-queues`, (page) => page.getByText("No queues yet")],
  "annotation queue": ({ queuePath }) => [queuePath, (page) => page.getByRole("row", { name: /judged/ })],
  review: ({ queuePath }) => [`${queuePath}/review`, (page) => page.getByRole("textbox", { name: "clarity" })],
  "welcome of reviewers": ({ reviewersPath }) => [reviewersPath, (page) => page.getByText("A number from 0 to 10")],
  "reviewing alone": ({ reviewersPath }) => [`${reviewersPath}&step=items`, (page) => page.getByRole("textbox", { name: "clarity" })],
  alerts: ({ projectPath }) => [`${projectPath}/alerts`, (page) => page.getByRole("link", { name: "too many failures" })],
  "no alerts": ({ emptyPath }) => [`${emptyPath}/alerts`, (page) => page.getByText("No alerts yet")],
  alert: ({ alertPath }) => [alertPath, (page) => page.getByText("It has not fired yet.")],
  "new alert": ({ projectPath }) => [
    `${projectPath}/alerts/new`,
    async (page) => {
      await page.getByLabel("Add a trigger").selectOption({ label: "Trace score" });
      return page.getByRole("region", { name: "Trace score" }).getByLabel("Score", { exact: true });
    },
  ],
  search: () => ["/default/search?q=refund", (page) => page.getByRole("list", { name: "Hits" }).getByRole("listitem").first()],
  "nothing found": () => ["/default/search?q=zzzunheard", (page) => page.getByText("Nothing has these words")],
  dashboards: () => ["/default/dashboards", (page) => page.getByRole("link", { name: "Every morning" })],
  "section of a dashboard": ({ dashboardPath }) => [
    dashboardPath,
    async (page) => {
      await page.getByRole("button", { name: /^Actions of the section/ }).first().click();
      return page.getByRole("menuitem", { name: "Take away" });
    },
  ],
  dashboard: ({ dashboardPath }) => [dashboardPath, (page) => page.getByRole("row", { name: /shorter answers/ }).last()],
  "at a glance": ({ projectPath }) => [`${projectPath}/dashboards`, (page) => page.getByRole("application").nth(4)],
  prompts: ({ projectPath }) => [`${projectPath}/prompts`, (page) => page.getByRole("link", { name: "support answer" })],
  "no prompts": ({ emptyPath }) => [`${emptyPath}/prompts`, (page) => page.getByText("No prompts yet")],
  prompt: ({ promptPath }) => [promptPath, (page) => page.getByRole("heading", { name: "v2" })],
  "difference of pictures": ({ picturedPromptPath }) => [
    picturedPromptPath,
    async (page) => {
      await page.getByRole("button", { name: "What changed" }).click();
      return page.getByRole("listitem", { name: "Picture, changed" }).getByRole("img").last();
    },
  ],
  "writing a template": ({ promptPath }) => [
    promptPath,
    async (page) => {
      await page.getByRole("button", { name: "New version" }).click();
      const dialog = page.getByRole("dialog");
      const places = dialog.locator("[contenteditable] code");
      await places.first().waitFor();
      await dialog.getByText("Metadata", { exact: true }).click();
      await dialog.getByLabel("Metadata as JSON (optional)").and(page.locator("[contenteditable]")).fill('{\n  "owner": "Ada",\n  "review": {"by": ["Grace", null], "days": 14, "done": true}\n}');
      return places.first();
    },
  ],
  "agent playground": ({ playgroundPath }) => [
    playgroundPath,
    async (page) => {
      await page.getByRole("button", { name: "Stop" }).waitFor();
      return page.getByRole("treeitem", { name: /^track parcel/ });
    },
  ],
  "agent configuration": ({ projectPath }) => [`${projectPath}/agent-configuration`, (page) => page.getByRole("table", { name: "Values of v2" })],
  "no agent configuration": ({ emptyPath }) => [`${emptyPath}/agent-configuration`, (page) => page.getByText("No agent configuration yet")],
  "difference of agent versions": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("button", { name: "What changed" }).click();
      return page.getByRole("region", { name: "system_prompt changed" });
    },
  ],
  "agent mask": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("table", { name: "Masks" }).getByRole("button").click();
      return page.getByRole("dialog").getByRole("region", { name: "temperature changed" });
    },
  ],
  "new agent version": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("button", { name: "New version" }).click();
      return page.getByRole("dialog").getByRole("group", { name: "Value 2" });
    },
  ],
  "history of an agent configuration": ({ projectPath }) => [
    `${projectPath}/agent-configuration?history=changes`,
    (page) => page.getByRole("dialog").getByText("Agent version or mask made").last(),
  ],
  "connecting an agent": ({ emptyPath }) => [`${emptyPath}/agent-playground`, (page) => page.getByRole("heading", { name: "Connect an agent" })],
  datasets: ({ projectPath }) => [`${projectPath}/datasets`, (page) => page.getByRole("link", { name: "customer questions" })],
  "no datasets": ({ emptyPath }) => [`${emptyPath}/datasets`, (page) => page.getByText("No datasets yet")],
  dataset: ({ datasetPath }) => [datasetPath, (page) => page.getByText("Where is my parcel?")],
  "broken JSON": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("button", { name: "Open item 1" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("radio", { name: "JSON" }).click();
      await dialog.getByLabel("Item as JSON").and(page.locator("[contenteditable]")).fill('{\n  "question": "Where is my parcel?",\n  "expected": {"status": "sent" "days": 2, "late": false}\n}');
      await dialog.locator(".cm-lintRange-error").waitFor();
      return dialog.getByText("Line 3, column 33");
    },
  ],
  "test suite": ({ suitePath }) => [suitePath, (page) => page.getByRole("cell", { name: "4 of 5" })],
  "item of a suite": ({ suitePath }) => [
    suitePath,
    async (page) => {
      await page.getByRole("button", { name: /^Open item \d: May I/ }).click();
      return page.getByRole("dialog").getByRole("textbox", { name: "Assertion 2" });
    },
  ],
  "test settings": ({ suitePath }) => [
    suitePath,
    async (page) => {
      await page.getByRole("button", { name: "Test settings" }).click();
      return page.getByRole("dialog").getByRole("textbox", { name: "Assertion 1" });
    },
  ],
  "editing items alike": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
      await page.getByRole("button", { name: /^Edit \d/ }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Key to set").selectOption({ label: "Another key" });
      return dialog.getByLabel("Its name");
    },
  ],
  "saving a draft": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("checkbox", { name: "Choose item 1" }).check();
      await page.getByRole("button", { name: "Delete 1" }).click();
      await page.getByRole("button", { name: "Save changes" }).click();
      return page.getByRole("dialog").getByLabel("Version note (optional)");
    },
  ],
  "editing a dataset version": ({ datasetPath }) => [
    `${datasetPath}?tab=versions`,
    async (page) => {
      await page.getByRole("button", { name: "Edit v1" }).click();
      return page.getByRole("dialog").getByLabel("Note");
    },
  ],
  "new dataset": ({ projectPath }) => [`${projectPath}/datasets?create=true`, async (page) => page.getByRole("dialog").getByLabel("Name")],
  "importing items": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("button", { name: "Import a file" }).click();
      const dialog = page.getByRole("dialog");
      const csv = "question,answer\nDo you ship?,Yes\n";
      await dialog.getByLabel("A CSV, JSON or JSONL file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
      return dialog.getByRole("button", { name: "Import 1 item" });
    },
  ],
  "dataset in code": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("button", { name: "In code" }).click();
      return page.getByRole("dialog").locator("[data-code]").first();
    },
  ],
  "dataset versions": ({ datasetPath }) => [`${datasetPath}?tab=versions`, (page) => page.getByRole("row", { name: /^v1/ })],
  "what a dataset version changed": ({ datasetPath }) => [
    `${datasetPath}?tab=versions`,
    async (page) => {
      await page.getByRole("button", { name: "What v2 changed" }).click();
      return page.getByRole("dialog").getByRole("region", { name: /^Item .* added$/ });
    },
  ],
  experiments: ({ projectPath }) => [`${projectPath}/experiments`, (page) => page.getByRole("link", { name: "shorter answers" })],
  "no experiments": ({ emptyPath }) => [`${emptyPath}/experiments`, (page) => page.getByText("No experiments yet")],
  comparison: ({ comparisonPath }) => [comparisonPath, (page) => page.getByRole("button", { name: /regressed/ })],
  "compared item": ({ comparisonPath }) => [
    comparisonPath,
    async (page) => {
      await page.getByRole("button", { name: "Open item 1" }).click();
      return page.getByRole("dialog").getByRole("region", { name: "Output" }).last();
    },
  ],
  "judging a compared item": ({ comparisonPath }) => [
    comparisonPath,
    async (page) => {
      await page.getByRole("button", { name: "Open item 1" }).click();
      await page.getByRole("button", { name: "Annotate baseline" }).waitFor();
      await page.keyboard.press("a");
      return page.getByRole("dialog").getByRole("region", { name: "Annotate" }).getByRole("group").first();
    },
  ],
  "charts of a comparison": ({ comparisonPath }) => [`${comparisonPath}&tab=charts`, (page) => page.getByRole("region", { name: "Scores", exact: true }).getByRole("application")],
  configuration: ({ comparisonPath }) => [`${comparisonPath}&tab=configuration`, (page) => page.getByRole("row", { name: /^model.name/ })],
  optimizations: ({ projectPath }) => [`${projectPath}/optimizations`, (page) => page.getByRole("link", { name: "closer answers" })],
  "no optimizations": ({ emptyPath }) => [`${emptyPath}/optimizations`, (page) => page.getByText("No optimizations yet")],
  optimization: ({ optimizationPath }) => [
    optimizationPath,
    async (page) => {
      await page.getByRole("application").waitFor();
      return page.getByRole("region", { name: "Best prompt" }).getByText("If you do not know, say so.");
    },
  ],
  "feedback definitions": () => ["/default/settings", (page) => page.getByRole("row", { name: /User feedback/ })],
  environments: () => ["/default/settings?tab=environments", (page) => page.getByRole("heading", { name: "Environments", exact: true })],
  "derived columns": () => ["/default/settings?tab=columns", (page) => page.getByRole("table", { name: "Derived columns" }).getByRole("row", { name: /^plan/ })],
  "new derived column": () => [
    "/default/settings?tab=columns",
    async (page) => {
      await page.getByRole("button", { name: "New column" }).click();
      return page.getByRole("dialog").getByLabel("Path");
    },
  ],
  prices: () => ["/default/settings?tab=prices", (page) => page.getByText("No prices of your own")],
  retention: () => ["/default/settings?tab=retention", (page) => page.getByRole("rowheader", { name: /, in production/ })],
  "new retention rule": () => [
    "/default/settings?tab=retention",
    async (page) => {
      await page.getByRole("button", { name: "New rule" }).click();
      await page.getByLabel("Also what started before now").check();
      return page.getByRole("dialog").getByText(/^That is/);
    },
  ],
  erasures: () => ["/default/settings?tab=erasures", (page) => page.getByRole("row", { name: /^User/ }).getByText("done")],
  erasing: ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Erase" }).click();
      return page.getByRole("dialog").getByLabel("Type “erase” to go on");
    },
  ],
  workspaces: () => ["/default/workspaces", (page) => page.getByRole("table", { name: "Workspaces" }).getByText("you are here")],
  forking: () => ["/default/workspaces?fork=true", (page) => page.getByRole("dialog").getByLabel("Name of the fork")],
  preferences: () => ["/default/settings?tab=preferences", (page) => page.getByRole("button", { name: "Save preferences" })],
  "nothing there": () => ["/default/nowhere/at/all", (page) => page.getByText("There is nothing at this address")],
};
