import { useState } from "react";
import { useQuery } from "urql";
import { CodeField } from "@/components/code/CodeField";
import { FormRow, Problem, TextField } from "@/components/Form";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import { type Assertion, AssertionsField, newAssertion } from "@/features/datasets/AssertionsField";
import { assertionsOf, readAssertions, withAssertions } from "@/features/datasets/assertions";
import { VersionForm } from "@/features/datasets/VersionForm";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import { prettyJson } from "@/lib/json";

const TestSettingsQuery = graphql(`
  query TestSettings($id: ID!) {
    dataset(id: $id) {
      id
      latestVersion {
        id
        evaluators
        executionPolicy {
          runsPerItem
          passThreshold
        }
      }
    }
  }
`);

type TestSettingsDialogProps = {
  datasetId: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  onSaved: () => void;
};

/** How the items of a test suite are tried, unless they say otherwise themselves; a change is a version. */
export function TestSettingsDialog({ datasetId, isOpen, onOpenChange, onSaved }: TestSettingsDialogProps) {
  return (
    <ModalDialog title="Test settings" isWide isOpen={isOpen} onOpenChange={onOpenChange}>
      <TestSettings datasetId={datasetId} onSaved={onSaved} />
    </ModalDialog>
  );
}

type TestSettingsProps = Pick<TestSettingsDialogProps, "datasetId" | "onSaved">;

function TestSettings({ datasetId, onSaved }: TestSettingsProps) {
  // Read anew each time: what is changed here is what the newest version says.
  const [{ data, error }, read] = useQuery({
    query: TestSettingsQuery,
    variables: { id: datasetId },
    requestPolicy: "network-only",
  });
  return (
    <Found
      what="test settings"
      value={data?.dataset}
      failure={error ? failureOf(error) : null}
      onRetry={() => read({ requestPolicy: "network-only" })}
    >
      {({ latestVersion }) => (
        // What was known before the newest version has come is not what a change is made of.
        <SettingsForm key={latestVersion?.id} base={latestVersion ?? null} {...{ datasetId, onSaved }} />
      )}
    </Found>
  );
}

type Base = NonNullable<DocumentType<typeof TestSettingsQuery>["dataset"]>["latestVersion"] | null;

const SHAPES = [
  { id: "form", label: "Assertions" },
  { id: "json", label: "JSON" },
] as const;
type Shape = (typeof SHAPES)[number]["id"];

const OTHERS = { one: "other evaluator", many: "other evaluators" };

const COUNT = /^[1-9]\d{0,3}$/;

function SettingsForm({ base, datasetId, onSaved }: TestSettingsProps & { base: Base }) {
  const [runs, setRuns] = useState(String(base?.executionPolicy?.runsPerItem ?? ""));
  const [threshold, setThreshold] = useState(String(base?.executionPolicy?.passThreshold ?? ""));
  const [evaluators, setEvaluators] = useState(base?.evaluators ?? "[]");
  const known = assertionsOf(evaluators);
  const [assertions, setAssertions] = useState<readonly Assertion[]>(
    () => known?.texts.map((text) => newAssertion(text)) ?? [],
  );
  const [shape, setShape] = useState<Shape>(known ? "form" : "json");
  const [shapeProblem, setShapeProblem] = useState<string | null>(null);
  /** The evaluators as they stand in the form, or what is wrong with them. */
  const current = () => {
    if (shape === "json") return { evaluators: evaluators.trim() || "[]" };
    const sentences = readAssertions(assertions.map(({ text }) => text));
    return "problem" in sentences ? sentences : { evaluators: withAssertions(evaluators, sentences.texts) };
  };
  const onShape = (next: Shape) => {
    const written = current();
    if ("problem" in written) return setShapeProblem(written.problem);
    const read = assertionsOf(written.evaluators);
    if (next === "form" && !read) return setShapeProblem("The evaluators are no JSON list of objects.");
    setShapeProblem(null);
    setEvaluators(next === "json" ? prettyJson(written.evaluators) : written.evaluators);
    setAssertions(read?.texts.map((text) => newAssertion(text)) ?? []);
    setShape(next);
  };
  const read = () => {
    const isUnset = runs.trim() === "" && threshold.trim() === "";
    if (!isUnset && !(COUNT.test(runs.trim()) && COUNT.test(threshold.trim()))) {
      return "Runs and passes are numbers from 1, or both are left empty.";
    }
    const written = current();
    if ("problem" in written) return written.problem;
    const policy = { runsPerItem: Number(runs), passThreshold: Number(threshold) };
    return {
      datasetId,
      baseVersionId: base?.id ?? null,
      evaluators: written.evaluators,
      ...(isUnset ? { clearExecutionPolicy: true } : { executionPolicy: policy }),
      description: "Test settings",
    };
  };
  return (
    <VersionForm read={read} onSaved={onSaved}>
      <p>These hold for every item that says nothing else.</p>
      <FormRow>
        <TextField label="Runs of each item" autoFocus inputMode="numeric" value={runs} onChange={setRuns} />
        <TextField label="Runs that must pass" inputMode="numeric" value={threshold} onChange={setThreshold} />
      </FormRow>
      <div>
        <Segmented label="How the evaluators are shown" options={SHAPES} value={shape} onChange={onShape} />
      </div>
      {shape === "form" ? (
        <>
          <AssertionsField value={assertions} onChange={setAssertions} />
          {known && known.otherCount > 0 && (
            <p>{formatAmount(known.otherCount, OTHERS)} beside the assertions: see the JSON.</p>
          )}
        </>
      ) : (
        <CodeField
          label="Evaluators as JSON"
          language="json"
          rows={10}
          value={evaluators}
          onChange={setEvaluators}
          hint="A list; each has a name, a type and a config"
        />
      )}
      <Problem text={shapeProblem} />
    </VersionForm>
  );
}
