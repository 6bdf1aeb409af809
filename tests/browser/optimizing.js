// A search for a better prompt, told to the API as the optimizers of opik-optimizer tell it.

/** Begins a search, of which trials are then told one by one. */
export async function beginOptimization(story, { project, dataset, objective }) {
  const { content: items } = await story.get(`datasets/${dataset.id}/items?size=10`);
  const made = await story.post("optimizations", {
    name: "closer answers",
    dataset_name: dataset.name,
    objective_name: objective,
    status: "running",
    project_name: project,
    metadata: { optimizer: "MetaPromptOptimizer", model: "openai/gpt-4o-mini" },
  });
  const id = made.headers.get("location").split("/").at(-1);
  let count = 0;
  return {
    id,
    items,
    /** One experiment over all items, each with a trace, what it cost, and a score. */
    async tryPrompt(system, score, { kind = "trial", temperature = 0 } = {}) {
      count += 1;
      const name = `try ${count}`;
      const messages = [{ role: "system", content: system }, { role: "user", content: "{question}" }];
      const metadata = {
        agent_config: { messages, model: "openai/gpt-4o-mini" },
        optimizer: "MetaPromptOptimizer",
        optimizer_metadata: { version: "3.2.0", model_parameters: { temperature } },
        configuration: { prompt: { "chat-prompt": messages } },
      };
      const sent = await story.post("experiments", { name, dataset_name: dataset.name, project_name: project, type: kind, optimization_id: id, metadata });
      const experiment = sent.headers.get("location").split("/").at(-1);
      const runs = items.map((item) => ({
        dataset_item_id: item.id,
        trace: { name: "answer", start_time: "2026-03-04T05:06:07Z", end_time: `2026-03-04T05:06:0${8 + (count % 2)}Z`, output: { output: system } },
        spans: [{ name: "ask", type: "llm", start_time: "2026-03-04T05:06:07Z", total_estimated_cost: 0.0005 * count }],
        feedback_scores: [{ name: objective, value: score, source: "sdk" }],
      }));
      await story.put("experiments/items/bulk", { experiment_id: experiment, experiment_name: name, dataset_name: dataset.name, project_name: project, items: runs });
      return experiment;
    },
  };
}
