import { useState } from "react";
import { CodeField } from "@/components/code/CodeField";
import { FormRow, Problem, TextField } from "@/components/Form";
import { Segmented } from "@/components/Segmented";
import { AssertionsField } from "@/features/datasets/AssertionsField";
import { assertionsOf } from "@/features/datasets/assertions";
import { reshaped, type TermsDraft } from "@/features/datasets/testTerms";
import { formatAmount } from "@/lib/format";

type TermsFieldsProps = {
  value: TermsDraft;
  isReadOnly?: boolean;
  /** Whether one begins to write here. */
  hasFocus?: boolean;
  onChange: (value: TermsDraft) => void;
};

const SHAPES = [
  { id: "form", label: "Assertions" },
  { id: "json", label: "JSON" },
] as const;

const OTHERS = { one: "other evaluator", many: "other evaluators" };

/** How items are tried: how often, and what is to hold of what comes out. */
export function TermsFields({ value, isReadOnly = false, hasFocus = false, onChange }: TermsFieldsProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const others = assertionsOf(value.evaluators)?.otherCount ?? 0;
  const onShape = (shape: TermsDraft["shape"]) => {
    const next = reshaped(value, shape);
    if ("problem" in next) return setProblem(next.problem);
    setProblem(null);
    onChange(next);
  };
  const number = { inputMode: "numeric", readOnly: isReadOnly } as const;
  return (
    <>
      <FormRow>
        <TextField
          label="Runs of each item"
          autoFocus={hasFocus}
          {...number}
          value={value.runs}
          onChange={(runs) => onChange({ ...value, runs })}
        />
        <TextField
          label="Runs that must pass"
          {...number}
          value={value.threshold}
          onChange={(threshold) => onChange({ ...value, threshold })}
        />
      </FormRow>
      <div>
        <Segmented label="How the evaluators are shown" options={SHAPES} value={value.shape} onChange={onShape} />
      </div>
      {value.shape === "form" ? (
        <>
          <AssertionsField
            value={value.assertions}
            isReadOnly={isReadOnly}
            onChange={(assertions) => onChange({ ...value, assertions })}
          />
          {others > 0 && <p>{formatAmount(others, OTHERS)} beside the assertions: see the JSON.</p>}
        </>
      ) : (
        <CodeField
          label="Evaluators as JSON"
          language="json"
          rows={10}
          isReadOnly={isReadOnly}
          value={value.evaluators}
          onChange={(evaluators) => onChange({ ...value, evaluators })}
          hint="A list; each has a name, a type and a config"
        />
      )}
      <Problem text={problem} />
    </>
  );
}
