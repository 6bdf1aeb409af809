import { useState } from "react";
import { Button } from "@/components/Button";
import { ComboField } from "@/components/ComboField";
import { Form } from "@/components/Form";
import { completeFilter } from "@/entities/logs/filter/completeFilter";
import type { Asking } from "@/entities/logs/filter/useKnown";
import styles from "./FilterChips.module.css";

type TermFormProps = { text: string; known: Asking; onTerm: (text: string) => void };

/** What has no field, operator and value of its own: words, and what stands in brackets. */
export function TermForm({ text, known, onTerm }: TermFormProps) {
  const [draft, setDraft] = useState(text);
  return (
    <Form
      onSubmit={() => {
        if (draft.trim()) onTerm(draft.trim());
      }}
    >
      <ComboField
        label="Condition"
        autoFocus
        value={draft}
        completing={{ at: (typed, caret) => completeFilter(typed, caret, known), prepare: known.prepare }}
        onChange={setDraft}
      />
      <div className={styles.formFoot}>
        <Button kind="primary" type="submit">
          Apply
        </Button>
      </div>
    </Form>
  );
}
