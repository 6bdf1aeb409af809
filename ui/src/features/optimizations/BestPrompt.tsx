import { useState } from "react";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { Scrollable } from "@/components/Scrollable";
import { Segmented } from "@/components/Segmented";
import { type NamedText, promptsOf } from "@/features/optimizations/trials";
import type { TrialExperiment } from "@/features/optimizations/useTrialExperiments";
import styles from "./Optimizations.module.css";

type BestPromptProps = { initial: TrialExperiment; best: TrialExperiment };

const VIEWS = [
  { id: "differences", label: "Differences" },
  { id: "beside", label: "Side by side" },
] as const;

/** What the best trial says, and how that differs from what was there in the beginning. */
export function BestPrompt({ initial, best }: BestPromptProps) {
  const [view, setView] = useState<"differences" | "beside">("differences");
  const before = promptsOf(initial.metadata ?? null);
  const after = promptsOf(best.metadata ?? null);
  if (after.length === 0) return null;
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  return (
    <section className={styles.best} aria-label="Best prompt">
      <header>
        <h2>Best prompt</h2>
        {isSame ? (
          <span className={styles.note}>The best trial has the initial prompt.</span>
        ) : (
          <Segmented label="View of the best prompt" options={VIEWS} value={view} onChange={setView} />
        )}
      </header>
      {after.map((prompt) => {
        const old = before.find(({ name }) => name === prompt.name)?.text ?? "";
        return (
          <div key={prompt.name} className={styles.prompt}>
            {after.length > 1 && <h3>{prompt.name}</h3>}
            {isSame ? (
              <PromptText label="Prompt" prompt={prompt} />
            ) : view === "differences" ? (
              <DiffView label={`What differs in ${prompt.name}`} lines={diffOfTexts(old, prompt.text)} />
            ) : (
              <div className={styles.beside}>
                <PromptText label="Initial" prompt={{ ...prompt, text: old }} />
                <PromptText label="Best" prompt={prompt} />
              </div>
            )}
          </div>
        );
      })}
    </section>
  );
}

function PromptText({ label, prompt }: { label: string; prompt: NamedText }) {
  return (
    <div>
      <h3>{label}</h3>
      <Scrollable label={`${label}: ${prompt.name}`} className={styles.text ?? ""}>
        {prompt.text || "none"}
      </Scrollable>
    </div>
  );
}
